import FuseboxWire

// What bodies say about a change of adapters. A member that nothing reads is refused: a change is not to be half of what was meant.
extension WireChangeAdapter {
    /// The share of the requests that a canary gets unless it is said.
    private static let defaultShare: Float = 0.1
    /// As registries take them.
    private static let shareRange: ClosedRange<Float> = 0.001...0.999

    /// Reads a body of this gateway's own endpoints.
    ///
    /// - Parameter name: of the path; nil where the body has it.
    init(_ verb: WireAdapterVerb, name: String?, _ body: JSONValue) throws(APIError) {
        var body = try FieldReader(body, at: "")
        self.init()
        self.verb = verb
        switch verb {
        case .add:
            self.name = try Self.required("name", &body)
            path = try Self.place("path", &body)
            examples = try Self.examples(&body)
        case .replace:
            path = try Self.place("path", &body)
            examples = try Self.examples(&body)
        case .canary:
            path = try Self.place("path", &body)
            share = try body.number("share") ?? Self.defaultShare
            guard Self.shareRange.contains(share) else {
                throw .invalid("share must be from 0.001 to 0.999", param: "share")
            }
        case .rollback:
            generation = try body.count("generation") ?? 0
        default: break
        }
        if let name { self.name = name }
        try Self.checkRest(body)
    }

    /// Reads a body of vLLM's `load_lora_adapter`, which replaces only where `load_inplace` says so.
    ///
    /// - Parameter isServed: whether there is an adapter of a name.
    init(loading body: JSONValue, isServed: (String) -> Bool) throws(APIError) {
        var body = try FieldReader(body, at: "")
        self.init()
        name = try Self.required("lora_name", &body)
        path = try Self.place("lora_path", &body)
        let replaces = try body.bool("load_inplace") ?? false
        verb = replaces && isServed(name) ? .replace : .add
        try Self.checkRest(body)
    }

    /// Reads a body of vLLM's `unload_lora_adapter`; its numbers of adapters mean nothing here.
    init(unloading body: JSONValue) throws(APIError) {
        var body = try FieldReader(body, at: "")
        self.init()
        verb = .remove
        name = try Self.required("lora_name", &body)
        _ = body.value("lora_int_id")
        try Self.checkRest(body)
    }

    private static func required(
        _ field: String, _ body: inout FieldReader
    ) throws(APIError) -> String {
        guard let text = try body.string(field), !text.isEmpty else {
            throw .invalid("\(field) is missing", param: field)
        }
        return text
    }

    /// The service has a working directory that no client knows.
    private static func place(
        _ field: String, _ body: inout FieldReader
    ) throws(APIError) -> String {
        let path = try required(field, &body)
        guard path.hasPrefix("/") else {
            throw .invalid(
                "\(field) must be the absolute path of a PEFT directory or a .gguf file on the service's machine",
                param: field)
        }
        return path
    }

    private static func examples(_ body: inout FieldReader) throws(APIError) -> String {
        guard let path = try body.string("examples") else { return "" }
        guard path.hasPrefix("/") else {
            throw .invalid(
                "examples must be the absolute path of a file of rows on the service's machine",
                param: "examples")
        }
        return path
    }

    private static func checkRest(_ body: FieldReader) throws(APIError) {
        guard let field = body.rest.first else { return }
        throw .invalid("\(field.prefix(64)) is no member of this request", param: field)
    }
}
