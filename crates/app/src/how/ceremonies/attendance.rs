//! How often somebody was there, told to that person alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Ceremony;
use crate::kernel::{Access, Result};
use crate::people::teams;
use crate::selects;
use crate::store::{Meta, Query, Reader, Scope};

selects! {
    HELD: Ceremony = "ceremony", "team_id = $2 AND day >= $3 AND day <= $4 AND state = 'held' AND gone_at IS NULL ORDER BY day DESC LIMIT 500";
}

/// Days that are looked at.
const WINDOW: i64 = 90;

/// How often one was at ceremonies of a kind.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct AttendanceLine {
    pub kind: String,
    pub attended: usize,
    pub held: usize,
}

/// One's own attendance.
#[derive(Clone, Serialize, JsonSchema, Debug, Default)]
pub struct Attendance {
    pub days: i64,
    pub attended: usize,
    pub held: usize,
    /// 0 to 1; nothing where none was held.
    pub rate: Option<f64>,
    /// Most often held first.
    pub kinds: Vec<AttendanceLine>,
}

/// Show how often you were at the ceremonies that your teams held in the last 90 days.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetOwnAttendance {}

impl Query for GetOwnAttendance {
    type Output = Attendance;
    const META: Meta = Meta::query(
        "get-own-attendance",
        "Show how often you were at the ceremonies that your teams held in the last 90 days",
        "/ceremonies/attendance",
    )
    .access(Access::Read)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Attendance> {
        let (ws, person, today) = (cx.actor.workspace, cx.actor.person, cx.now.day());
        let own = person.to_string();
        let mut all = Attendance { days: WINDOW, ..Attendance::default() };
        for team in teams::of_person(cx.conn, ws, person)? {
            let values = [team.into(), today.plus_days(-WINDOW).into(), today.into()];
            for held in HELD.all(cx.conn, ws, &values)? {
                let there = usize::from(held.attendees.contains(&own));
                (all.attended, all.held) = (all.attended + there, all.held + 1);
                match all.kinds.iter_mut().find(|k| k.kind == held.kind) {
                    Some(line) => {
                        (line.attended, line.held) = (line.attended + there, line.held + 1);
                    }
                    None => {
                        all.kinds.push(AttendanceLine { kind: held.kind, attended: there, held: 1 })
                    }
                }
            }
        }
        all.kinds.sort_by_key(|k| std::cmp::Reverse(k.held));
        all.rate = (all.held > 0).then(|| all.attended as f64 / all.held as f64);
        Ok(all)
    }
}
