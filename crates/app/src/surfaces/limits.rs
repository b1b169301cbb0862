//! How often one may ask: a host at the doors that need no session, a program with its token. The
//! counts live in this process; what must survive it (failed sign-ins) is in the database.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::Response;

use super::Shared;
use super::pages::error_page;
use super::session::theme;
use crate::kernel::{Error, Result};

/// Requests that a host may make at once to pages for those who are not signed in, and to the API
/// without a valid token.
const BURST: u32 = 120;
/// How soon one more is allowed.
const EVERY: Duration = Duration::from_secs(1);
/// Callers that are remembered; beyond it those who have been quiet are forgotten.
const REMEMBERED: usize = 20_000;

/// Who has asked how often.
#[derive(Default)]
pub(super) struct Limits {
    /// For each caller, the moment at which all of its allowance is there again.
    full: Mutex<HashMap<String, Instant>>,
}

impl Limits {
    /// Takes one from what a caller may ask: `burst` at once and one more each time `every` has
    /// passed. Where nothing is left, says how long to wait.
    fn take(&self, caller: String, burst: u32, every: Duration, now: Instant) -> Result<()> {
        let mut all = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.retain(|_, full| *full > now);
        }
        let full = all.get(&caller).copied().unwrap_or(now).max(now) + every;
        let allowed = now + every * burst;
        if full > allowed {
            return Err(Error::TooMany((full - allowed).as_secs() + 1));
        }
        // More callers at once than can be told apart: better let in than shut everybody out.
        if all.len() < REMEMBERED {
            all.insert(caller, full);
        }
        Ok(())
    }

    /// A host without a session or a valid token; within this process none is counted.
    pub(super) fn stranger(&self, headers: &HeaderMap, peer: Option<SocketAddr>) -> Result<()> {
        match host(headers, peer) {
            Some(host) => self.take(format!("host {host}"), BURST, EVERY, Instant::now()),
            None => Ok(()),
        }
    }

    /// A program with its token.
    pub(super) fn program(&self, token: &str, each_minute: Option<u32>) -> Result<()> {
        let Some(each_minute) = each_minute.filter(|each_minute| *each_minute > 0) else {
            return Ok(());
        };
        let caller = format!("token {}", crate::kernel::secret::hash_of(token));
        let every = Duration::from_secs(60) / each_minute;
        self.take(caller, each_minute, every, Instant::now())
    }
}

/// The other end of the connection, unless the request came from within this process.
pub(super) fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0)
}

/// The host that asks. A proxy on this machine tells for whom it does.
pub(super) fn host(headers: &HeaderMap, peer: Option<SocketAddr>) -> Option<IpAddr> {
    let peer = peer?.ip().to_canonical();
    if !peer.is_loopback() {
        return Some(network(peer));
    }
    let told = headers.get_all("x-forwarded-for").iter().next_back();
    let told = told.and_then(|v| v.to_str().ok()).and_then(|v| v.rsplit(',').next());
    let told = told.and_then(|last| last.trim().parse::<IpAddr>().ok());
    Some(told.map_or(peer, |told| network(told.to_canonical())))
}

/// One customer has a whole network of IPv6 addresses.
fn network(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

/// Guards the pages for those who are not signed in.
pub(super) async fn doors(State(app): State<Shared>, request: Request, next: Next) -> Response {
    match app.limits.stranger(request.headers(), peer(request.extensions())) {
        Ok(()) => next.run(request).await,
        Err(error) => error_page(&error, theme(request.headers())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(limits: &Limits, caller: &str, now: Instant) -> Option<u64> {
        match limits.take(caller.to_owned(), 3, EVERY, now) {
            Ok(()) => None,
            Err(Error::TooMany(seconds)) => Some(seconds),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_burst_then_one_at_a_time() {
        let (limits, start) = (Limits::default(), Instant::now());
        let asked = [0, 0, 0, 0, 1, 1, 9, 9, 9, 9]
            .map(|s| wait(&limits, "a", start + Duration::from_secs(s)));
        let no = |seconds| Some(seconds);
        assert_eq!(asked, [None, None, None, no(2), None, no(2), None, None, None, no(2)]);
        assert_eq!(wait(&limits, "b", start), None);
    }

    #[test]
    fn those_who_were_quiet_are_forgotten() {
        let (limits, start) = (Limits::default(), Instant::now());
        for n in 0..REMEMBERED + 10 {
            assert_eq!(wait(&limits, &n.to_string(), start), None);
        }
        assert_eq!(limits.full.lock().unwrap().len(), REMEMBERED);
        assert_eq!(wait(&limits, "later", start + Duration::from_secs(60)), None);
        assert_eq!(limits.full.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_proxy_on_this_machine_says_for_whom_it_asks() {
        let from = |peer: &str, told: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", told.parse().unwrap());
            host(&headers, peer.parse().ok()).unwrap().to_string()
        };
        assert_eq!(from("127.0.0.1:1", "10.0.0.9, 192.0.2.7"), "192.0.2.7");
        assert_eq!(from("127.0.0.1:1", "nonsense"), "127.0.0.1");
        assert_eq!(from("192.0.2.8:1", "192.0.2.7"), "192.0.2.8");
        assert_eq!(from("[2001:db8:1:2:3::4]:1", ""), "2001:db8:1:2::");
        assert_eq!(host(&HeaderMap::new(), None), None);
    }
}
