//! Figures for monitoring: what they tell, what they do not, and to whom.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::json;
use wherefore_testkit::{Persona, World, both_engines};

/// Asks for the figures from an address, as a persona's program, perhaps through a proxy.
async fn figures(world: &World, from: &str, who: Persona, proxy: bool) -> (u16, String) {
    let mut request = Request::builder().uri("/metrics");
    if proxy {
        request = request.header("x-forwarded-for", "203.0.113.9");
    }
    let mut request = world.with_token(who, request).body(Body::empty()).expect("valid");
    let peer: SocketAddr = from.parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = world.send(request).await;
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

both_engines! {
    async fn requests_are_counted_by_route_and_nothing_secret_is_told(app) {
        let world = World::new(app).await;
        let item = json!({ "product": "OPEN", "title": "Zebra crossing" });
        let made = world.post(Persona::Member, "/work-items", item).await;
        let key = made["key"].as_str().expect("a key");
        world.page(Persona::Member, &format!("/{key}")).await;
        world.page(Persona::Member, "/p/NOWHERE/backlog").await;
        let (status, text) = figures(&world, "127.0.0.1:5000", Persona::Nobody, false).await;
        assert_eq!(status, 200);
        for line in [
            "wherefore_requests_total{method=\"GET\",route=\"/{key}\",status=\"200\"} 1",
            "wherefore_requests_total{method=\"GET\",route=\"/p/{product}/backlog\",status=\"404\"} 1",
            "wherefore_requests_total{method=\"POST\",route=\"/api/v1/work-items\",status=\"201\"} 1",
            "wherefore_request_seconds_count{method=\"GET\",route=\"/{key}\"} 1",
            "wherefore_live_connections 0",
            "wherefore_database_up 1",
            "wherefore_database_waiting 0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is missing in\n{text}");
        }
        assert!(text.contains("wherefore_changes_total{via=\"api\"}"), "{text}");
        for secret in ["Zebra", key, "NOWHERE", "wf_", "olive"] {
            assert!(!text.contains(secret), "the figures tell {secret}:\n{text}");
        }
    }

    async fn figures_are_for_this_machine_and_for_admins(app) {
        let world = World::new(app).await;
        let (here, there) = ("[::1]:5000", "203.0.113.7:5000");
        assert_eq!(figures(&world, here, Persona::Nobody, false).await.0, 200);
        assert_eq!(figures(&world, here, Persona::Nobody, true).await.0, 401);
        for (who, wanted) in [(Persona::Nobody, 401), (Persona::Expired, 401), (Persona::Member, 403),
            (Persona::Guest, 403), (Persona::Admin, 200), (Persona::Reader, 200)] {
            assert_eq!(figures(&world, there, who, false).await.0, wanted, "{who:?}");
        }
    }

    async fn a_listening_browser_is_counted_while_it_listens(app) {
        let world = World::new(app).await;
        let request = world.with_session(Persona::Member, Request::builder().uri("/live"));
        let stream = world.send(request.body(Body::empty()).expect("valid")).await;
        let (_, text) = figures(&world, "127.0.0.1:5000", Persona::Nobody, false).await;
        assert!(text.contains("wherefore_live_connections 1"), "{text}");
        drop(stream);
        let (_, text) = figures(&world, "127.0.0.1:5000", Persona::Nobody, false).await;
        assert!(text.contains("wherefore_live_connections 0"), "{text}");
    }
}
