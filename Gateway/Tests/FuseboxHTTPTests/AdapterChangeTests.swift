import FuseboxWire
import HTTPTypes
import Testing

@testable import FuseboxHTTP

@Suite("What bodies say about a change of adapters")
struct AdapterChangeTests {
    private func change(
        _ verb: WireAdapterVerb, _ name: String?, _ body: String
    ) throws -> WireChangeAdapter {
        try WireChangeAdapter(verb, name: name, JSONValue(parsing: body))
    }

    @Test func ownWords() throws {
        let added = try change(.add, nil, #"{"name": "m", "path": "/a", "examples": "/rows"}"#)
        #expect(added.verb == .add && added.name == "m" && added.path == "/a")
        #expect(added.examples == "/rows")
        let replaced = try change(.replace, "m", #"{"path": "/b", "examples": null}"#)
        #expect(replaced.name == "m" && replaced.path == "/b" && replaced.examples.isEmpty)
        #expect(try change(.canary, "m", #"{"path": "/b"}"#).share == 0.1)
        #expect(try change(.canary, "m", #"{"path": "/b", "share": 0.25}"#).share == 0.25)
        #expect(try change(.rollback, "m", "{}").generation == 0)
        #expect(try change(.rollback, "m", #"{"generation": 3}"#).generation == 3)
        #expect(try change(.promote, "m", "{}").name == "m")
        #expect(try change(.rescan, nil, "{}").name.isEmpty)
    }

    @Test(
        "What is missing, wrong or unknown is named",
        arguments: [
            (.add, #"{"path": "/a"}"#, "name"), (.add, #"{"name": "", "path": "/a"}"#, "name"),
            (.add, #"{"name": "m"}"#, "path"), (.add, #"{"name": "m", "path": "a"}"#, "path"),
            (.add, #"{"name": 1, "path": "/a"}"#, "name"),
            (.add, #"{"name": "m", "path": "/a", "example": "/r"}"#, "example"),
            (.replace, #"{"path": "/a", "examples": "rows"}"#, "examples"),
            (.replace, #"{"name": "m", "path": "/a"}"#, "name"),
            (.canary, #"{"path": "/a", "share": 0}"#, "share"),
            (.canary, #"{"path": "/a", "share": 1}"#, "share"),
            (.canary, #"{"path": "/a", "share": 1e300}"#, "share"),
            (.rollback, #"{"generation": -1}"#, "generation"),
            (.rollback, #"{"generation": 4294967296}"#, "generation"),
            (.promote, #"{"path": "/a"}"#, "path"), (.rescan, #"{"name": "m"}"#, "name"),
            (.promote, "[]", ""),
        ] as [(WireAdapterVerb, String, String)])
    func wrongBodies(_ verb: WireAdapterVerb, _ body: String, _ param: String) throws {
        let error = #expect(throws: APIError.self) {
            try WireChangeAdapter(verb, name: verb == .add ? nil : "m", JSONValue(parsing: body))
        }
        #expect(error?.status == .badRequest && error?.param == param)
    }

    @Test func wordsOfVLLM() throws {
        func load(_ body: String) throws -> WireChangeAdapter {
            try WireChangeAdapter(loading: JSONValue(parsing: body)) { $0 == "served" }
        }
        let loaded = try load(#"{"lora_name": "m", "lora_path": "/a"}"#)
        #expect(loaded.verb == .add && loaded.name == "m" && loaded.path == "/a")
        for (name, inPlace, verb) in [
            ("served", true, .replace), ("served", false, .add), ("m", true, .add),
        ] as [(String, Bool, WireAdapterVerb)] {
            let body = #"{"lora_name": "\#(name)", "lora_path": "/a", "load_inplace": \#(inPlace)}"#
            #expect(try load(body).verb == verb)
        }
        let unloaded = try WireChangeAdapter(
            unloading: JSONValue(parsing: #"{"lora_name": "m", "lora_int_id": 3}"#))
        #expect(unloaded.verb == .remove && unloaded.name == "m")
        for body in [#"{"lora_path": "/a"}"#, #"{"lora_name": "m", "lora_path": "org/name"}"#] {
            #expect(throws: APIError.self) { try load(body) }
        }
    }
}
