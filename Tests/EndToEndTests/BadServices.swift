import Foundation
import TestSupport

/// Services that cannot be started, and clients without one.
extension BadInput {
    static let services: [BadInput] = [
        BadInput(what: "no model", arguments: serve(["--model", "nowhere"])),
        demo("no adapters", ["--adapters", "nowhere"]),
        demo("no router", ["--router", "nowhere"]),
        demo("a router for other adapters", ["--adapters", "empty", "--router", "router"]),
        BadInput(
            what: "an unknown execution type", arguments: serve(["--type", "q3_k"]), status: 2),
        BadInput(
            what: "a configuration with an unknown execution type",
            arguments: ["serve", "--config", "f.json"]
        ) {
            try $0.makeDemo()
            try $0.write("{\"model\": \"demo\", \"type\": \"q3_k\"}", to: "f.json")
        },
        BadInput(
            what: "a configuration with an unknown cache type",
            arguments: ["serve", "--config", "f.json"]
        ) {
            try $0.makeDemo()
            try $0.write("{\"model\": \"demo\", \"cache-type\": \"q4_0\"}", to: "f.json")
        },
        BadInput(what: "a demo of no model", arguments: ["demo", "--real", "nowhere"]),
        BadInput(
            what: "a demo of another model", arguments: ["demo", "--real", "demo"],
            make: { try $0.makeDemo() }),
        bind("an endpoint that is none", "port 5555"),
        bind("an endpoint that the network reaches", "tcp://0.0.0.0:5555"),
        bind("a port that is none", "tcp://127.0.0.1:99999"),
        bind("a file that is no socket", "ipc://demo/config.json"),
        bind("a path that is too long", "ipc://\(String(repeating: "x", count: 108))"),
        BadInput(
            what: "a configuration with an unknown key", arguments: ["serve", "--config", "f.json"]
        ) { try $0.write("{\"port\": 5555}", to: "f.json") },
        BadInput(
            what: "a configuration that is no JSON", arguments: ["serve", "--config", "f.json"]
        ) { try $0.write("model = demo", to: "f.json") },
        BadInput(
            what: "no place for the model image",
            arguments: ["image", "--model", "demo", "--image-folder", "/proc/none"],
            make: { try $0.makeDemo() }),
        BadInput(
            what: "a model image folder that is a file",
            arguments: ["image", "--model", "demo", "--image-folder", "demo/config.json"],
            make: { try $0.makeDemo() }),
        BadInput(what: "no workers", arguments: ["serve", "--workers", "0"], status: 2),
        BadInput(
            what: "no patience with clients", arguments: serve(["--client-grace", "0"]), status: 2),
        BadInput(
            what: "a model without a name", arguments: serve(["--model", "demo", "--name", ""]),
            status: 2),
        BadInput(
            what: "an HTTP address that is none",
            arguments: serve(["--model", "demo", "--http", "nonsense"])),
        BadInput(
            what: "HTTP for others without keys",
            arguments: serve(["--model", "demo", "--http", "0.0.0.0:0"])),
        BadInput(
            what: "no file of keys",
            arguments: serve([
                "--model", "demo", "--http", "127.0.0.1:0", "--api-keys", "keys.json",
            ])),
        openToOthers("a service where others may look in", serve(["--model", "demo"])),
        openToOthers("a client where others may listen", ["ask", "hi"]),
        BadInput(
            what: "no service", arguments: ["ask", "--connect", "ipc://nobody.sock", "hi"]),
        BadInput(
            what: "no service to tell its status",
            arguments: ["status", "--connect", "ipc://nobody.sock"]),
        BadInput(
            what: "a selection that is none", arguments: ["ask", "--select", "positive=", "hi"],
            status: 2),
        BadInput(
            what: "log probabilities that nobody prints",
            arguments: ["ask", "--logprobs", "3", "hi"], status: 2),
        BadInput(
            what: "too many log probabilities",
            arguments: ["ask", "--json", "--logprobs", "21", "hi"], status: 2),
        BadInput(
            what: "a processor for two threads",
            arguments: ["worker", "--connect", "ipc://front.sock", "--processors", "0,0"],
            status: 2),
        BadInput(
            what: "fewer processors than threads",
            arguments: [
                "worker", "--connect", "ipc://front.sock", "--processors", "0", "--threads", "2",
            ], status: 2),
        BadInput(
            what: "a cache of nothing", arguments: serve(["--cache-bytes", "0"]), status: 2),
        BadInput(
            what: "a cache of no number", arguments: serve(["--cache-bytes", "4X"]), status: 2),
        BadInput(
            what: "no memory for adapters", arguments: serve(["--adapter-memory", "0"]), status: 2),
        BadInput(
            what: "memory of no number", arguments: serve(["--adapter-memory", "lots"]), status: 2),
        BadInput(what: "no slots", arguments: serve(["--slots", "0"]), status: 2),
        BadInput(what: "a negative context", arguments: serve(["--context=-1"]), status: 2),
        BadInput(what: "too many rows", arguments: serve(["--rows", "5000"]), status: 2),
        demo("a context beyond the model's", ["--context", "5000"]),
        demo("a cache of less than a block", ["--cache-bytes", "1K"]),
        BadInput(
            what: "a configuration with a cache of no number",
            arguments: ["serve", "--config", "f.json"]
        ) { try $0.write("{\"cache-bytes\": \"4X\"}", to: "f.json") },
        BadInput(
            what: "an identity that is none",
            arguments: ["worker", "--connect", "ipc://front.sock", "--identity", "12"], status: 2),
        BadInput(
            what: "a worker whose front is gone",
            arguments: ["worker", "--connect", "ipc://front.sock", "--parent", "1"]),
        BadInput(
            what: "a worker without a front",
            arguments: ["worker", "--connect", "somewhere", "--model", "demo"],
            make: { try $0.makeDemo() }),
    ]

    /// With the socket of a service as `front.sock`.
    static let besideService: [BadInput] = [
        demo("a socket in use", ["--bind", "ipc://front.sock"]),
        ask("an empty prompt", [""]),
        ask("an empty prompt from a pipe", ["-"]),
        ask("bad UTF-8 from a pipe", ["-"], input: [0x68, 0xFF, 10]),
        ask("2 MiB from a pipe", ["-"], input: [UInt8](repeating: 0x61, count: 2 << 20)),
        ask("an unknown adapter", ["--select", "nobody=1", "hi"]),
        ask("an adapter that is nearly there", ["--select", "hotel,positive=0.5", "hi"]),
        ask("an unknown adapter to choose from", ["--select", "auto:nobody", "hi"]),
        ask("more tokens than the context", ["--max-tokens", "1024", "--select", "base", "hi"]),
        BadInput(
            what: "no file of requests",
            arguments: ["ask", "--connect", "ipc://front.sock", "--jsonl", "nowhere.jsonl"]),
        BadInput(
            what: "requests with bad UTF-8",
            arguments: ["ask", "--connect", "ipc://front.sock", "--jsonl", "f.jsonl"]
        ) {
            try $0.write(
                Array("{\"prompt\": \"hi\"}\n{\"prompt\": \"".utf8) + [0xFF], to: "f.jsonl")
        },
    ]

    /// In a runtime directory that others may enter.
    private static func openToOthers(_ what: String, _ arguments: [String]) -> BadInput {
        BadInput(what: what, arguments: arguments) {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: $0.folder.path)
        }
    }

    private static func ask(
        _ what: String, _ options: [String], input: [UInt8] = []
    ) -> BadInput {
        BadInput(
            what: what, arguments: ["ask", "--connect", "ipc://front.sock"] + options, input: input)
    }

    private static func serve(_ options: [String]) -> [String] {
        ["serve", "--workers", "1", "--threads-per-worker", "1"] + options
    }

    private static func demo(_ what: String, _ options: [String]) -> BadInput {
        BadInput(what: what, arguments: serve(["--model", "demo"] + options)) {
            try $0.makeDemo()
            try $0.link("Router", to: "router")
            try $0.write("", to: "empty/README.md")
        }
    }

    private static func bind(_ what: String, _ endpoint: String) -> BadInput {
        demo(what, ["--bind", endpoint])
    }
}
