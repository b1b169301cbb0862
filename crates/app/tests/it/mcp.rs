//! Agents over HTTP: real messages of the Model Context Protocol through the router.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const BOTH: (&str, &str) = ("accept", "application/json, text/event-stream");

/// As a client on the same machine names the server.
const HOST: (&str, &str) = ("host", "127.0.0.1:7411");

async fn ask(world: &World, who: Persona, message: Value) -> (u16, Value) {
    world.api_text(who, "POST", "/mcp", &message.to_string(), &[BOTH, HOST]).await
}

async fn with(world: &World, token: &str, message: Value) -> (u16, Value) {
    let bearer = format!("Bearer {token}");
    let headers = [BOTH, HOST, ("authorization", bearer.as_str())];
    world.api_text(Persona::Nobody, "POST", "/mcp", &message.to_string(), &headers).await
}

fn call(name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params })
}

fn list() -> Value {
    json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" })
}

fn names(answer: &Value) -> Vec<&str> {
    let tools = answer["result"]["tools"].as_array().expect("tools");
    tools.iter().filter_map(|t| t["name"].as_str()).collect()
}

/// What a tool answered, and whether that was a refusal.
fn said(answer: &Value) -> (String, bool) {
    let result = &answer["result"];
    let text = result["content"][0]["text"].as_str().unwrap_or_default().to_owned();
    (text, result["isError"] == true)
}

both_engines! {
    async fn an_agent_works_over_http(app) {
        let world = World::new(app).await;
        let hello = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" } } });
        let (status, answer) = ask(&world, Persona::Member, hello).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["result"]["serverInfo"]["name"], "wherefore");
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(ask(&world, Persona::Member, ready).await.0, 202);

        let (_, tools) = ask(&world, Persona::Member, list()).await;
        let tools = names(&tools);
        assert!(tools.contains(&"create-work-item") && tools.contains(&"path-to-why"));
        assert!(!tools.contains(&"edit-person"), "a member has no use for it");

        let item = json!({ "product": "OPEN", "title": "By an agent" });
        let (_, made) = ask(&world, Persona::Member, call("create-work-item", item)).await;
        let (text, refused) = said(&made);
        assert!(!refused, "{text}");
        let made: Value = serde_json::from_str(&text).expect("JSON");
        let key = made["key"].as_str().expect("a key");
        let (_, found) = ask(&world, Persona::Member, call("get-work-item", json!({ "key": key }))).await;
        assert!(said(&found).0.contains("By an agent"));

        let (_, odd) = ask(&world, Persona::Member, call("get-work-item", json!({ "key": "OPEN-999" }))).await;
        assert!(said(&odd).1, "{odd}");
        let (_, none) = ask(&world, Persona::Member, call("no-such-tool", json!({}))).await;
        assert!(none["error"]["message"].as_str().is_some_and(|m| m.contains("no tool")), "{none}");

        let prompt = json!({ "jsonrpc": "2.0", "id": 3, "method": "prompts/get",
            "params": { "name": "path-to-why", "arguments": { "key": key } } });
        let (_, told) = ask(&world, Persona::Member, prompt).await;
        let words = told["result"]["messages"][0]["content"]["text"].as_str().expect("a text");
        assert!(words.contains(key) && words.contains("no-why"), "{words}");
    }

    async fn an_agent_is_let_in_by_its_token(app) {
        let world = World::new(app).await;
        for who in [Persona::Nobody, Persona::Expired] {
            let (status, answer) = ask(&world, who, list()).await;
            assert_eq!(status, 401, "{who:?}: {answer}");
            assert!(answer["error"]["message"].as_str().is_some_and(|m| m.contains("valid token")));
        }
        // A token that may only read is offered nothing that changes, and is refused it.
        let (_, tools) = ask(&world, Persona::Reader, list()).await;
        let tools = names(&tools);
        assert!(tools.contains(&"list-work-items") && !tools.contains(&"create-work-item"));
        let item = json!({ "product": "OPEN", "title": "Not so" });
        let (_, no) = ask(&world, Persona::Reader, call("create-work-item", item)).await;
        let (text, refused) = said(&no);
        assert!(refused && text.contains("may only read"), "{text}");
        // Nobody is let in by a name that is not this server's.
        let headers = [BOTH, ("host", "evil.example")];
        let (status, _) =
            world.api_text(Persona::Member, "POST", "/mcp", &list().to_string(), &headers).await;
        assert_eq!(status, 403);
        let (status, _) = world.api_text(Persona::Member, "POST", "/mcp", "{", &[BOTH, HOST]).await;
        assert!((400..500).contains(&status), "{status}");
    }

    async fn an_agent_keeps_to_its_charter(app) {
        let world = World::new(app).await;
        let token = json!({ "name": "agent", "responsibilities": ["33"] });
        let token = world.post(Persona::Owner, "/tokens", token).await;
        let token = token["secret"].as_str().expect("a secret");
        let (status, tools) = with(&world, token, list()).await;
        assert_eq!(status, 200, "{tools}");
        let tools = names(&tools);
        assert!(tools.contains(&"move-work-item"), "33 is the order of the backlog");
        assert!(tools.contains(&"search") && tools.contains(&"add-comment"));
        for beyond in ["edit-person", "undo", "create-token", "set-verdict"] {
            assert!(!tools.contains(&beyond), "{beyond}");
        }
        let item = json!({ "product": "OPEN", "title": "One" });
        let item = world.post(Persona::Owner, "/work-items", item).await;
        let edit = json!({ "key": item["key"], "title": "Another" });
        let (_, no) = with(&world, token, call("edit-work-item", edit)).await;
        let (text, refused) = said(&no);
        assert!(refused && text.contains("agent"), "{text}");
        let moved = json!({ "key": item["key"], "to": "top" });
        let (_, yes) = with(&world, token, call("move-work-item", moved)).await;
        assert!(!said(&yes).1, "{yes}");
    }
}
