import FuseboxWire

/// Which adapters a request asks for, in any of the ways in which it can be said.
///
/// `model`, `fusebox.select`, llama.cpp's `lora: [{"id", "scale"}]`, LoRAX's `merged_adapters: {"ids", "weights"}`. A model that
/// is the base gives way to the others, which clients of those servers send beside it; any two others have to agree.
struct SelectionFields {
    private let catalog: Catalog
    /// What was said so far, and by which field.
    private var said: (selection: WireSelection, field: String)?

    /// Reads the fields of a request's body.
    static func selection(
        _ body: inout FieldReader, _ options: inout FieldReader, _ catalog: Catalog
    ) throws(APIError) -> WireSelection {
        var fields = SelectionFields(catalog: catalog)
        let model = try body.string("model")
        if let value = options.value("select") {
            try fields.say(fields.select(value), options.path("select"))
        }
        if let lora = try body.array("lora"), !lora.isEmpty {
            try fields.say(fields.mix(lora: lora), "lora")
        }
        if var merged = try body.object("merged_adapters") {
            try fields.say(fields.mix(merged: &merged), "merged_adapters")
        }
        if let adapter = try body.string("adapter_id") {
            try fields.say(catalog.selection(text: adapter, param: "adapter_id"), "adapter_id")
        }
        if let model {
            let selection = try catalog.selection(model: model)
            if selection.kind != .base(.init()) || fields.said == nil {
                try fields.say(selection, "model")
            }
        }
        var result = fields.said?.selection ?? WireSelection { $0.auto = .init() }
        try fields.weight(&result, &options)
        return result
    }

    private mutating func say(_ selection: WireSelection, _ field: String) throws(APIError) {
        if let said, Self.canonical(said.selection) != Self.canonical(selection) {
            throw .invalid(
                "\(field) and \(said.field) ask for different adapters; leave one out", param: field
            )
        }
        said = (selection, field)
    }

    /// `fusebox.select`: a text as in `model`, or an object of weights by name.
    private func select(_ value: JSONValue) throws(APIError) -> WireSelection {
        let param = "fusebox.select"
        if let text = value.string { return try catalog.selection(text: text, param: param) }
        guard let object = value.object else {
            throw .invalid("\(param) must be a text or an object of weights", param: param)
        }
        return try mix(object.map { ($0.key, $0.value) }, param: param)
    }

    private func mix(lora: [JSONValue]) throws(APIError) -> WireSelection {
        var shares: [(String, JSONValue)] = []
        for (index, value) in lora.enumerated() {
            var reader = try FieldReader(value, at: "lora[\(index)]")
            guard let id = reader.value("id") else {
                throw .invalid("\(reader.path("id")) is missing", param: reader.path("id"))
            }
            shares.append(
                (
                    try catalog.adapter(id: id, param: reader.path("id")),
                    reader.value("scale") ?? .integer(1)
                ))
        }
        return try mix(shares, param: "lora")
    }

    private func mix(merged: inout FieldReader) throws(APIError) -> WireSelection {
        let (ids, weights) = (merged.path("ids"), merged.path("weights"))
        guard let names = try merged.array("ids")?.map(\.string) else {
            throw .invalid("\(ids) is missing", param: ids)
        }
        let values = try merged.array("weights") ?? names.map { _ in .integer(1) }
        guard names.count == values.count else {
            throw .invalid(
                "\(ids) has \(names.count) entries and \(weights) \(values.count)", param: weights)
        }
        let strategy = try merged.string("merge_strategy") ?? "linear"
        guard strategy == "linear" else {
            throw .invalid(
                "\(merged.path("merge_strategy")) \"\(strategy.prefix(32))\" is not supported; outputs are added, which is linear",
                param: merged.path("merge_strategy"))
        }
        var shares: [(String, JSONValue)] = []
        for (name, value) in zip(names, values) {
            guard let name else { throw .invalid("\(ids) must hold names", param: ids) }
            shares.append((name, value))
        }
        return try mix(shares, param: "merged_adapters")
    }

    /// A mix; adapters of weight 0 are not in it, and one without any is the base.
    private func mix(_ shares: [(String, JSONValue)], param: String) throws(APIError)
        -> WireSelection
    {
        var fixed = WireFixedSelection()
        for (name, value) in shares {
            guard let weight = value.double.map({ Float($0) }) else {
                throw .invalid(
                    "the weight of \"\(name.prefix(64))\" must be a number", param: param)
            }
            guard weight != 0 else { continue }
            fixed.shares.append(
                WireNamedWeight {
                    $0.name = name
                    $0.weight = weight
                })
        }
        guard !fixed.shares.isEmpty else { return WireSelection { $0.base = .init() } }
        let selection = WireSelection { $0.fixed = fixed }
        try catalog.check(selection, param: param)
        return selection
    }

    /// How `auto` makes weights of probabilities.
    private func weight(
        _ selection: inout WireSelection, _ options: inout FieldReader
    ) throws(APIError) {
        let weighting = try options.word("weighting", of: WireWeighting.self)
        let gain = try options.number("gain")
        guard weighting != nil || gain != nil else { return }
        guard case .auto(var auto) = selection.kind else {
            let param = options.path(weighting == nil ? "gain" : "weighting")
            throw .invalid("\(param) goes with auto only", param: param)
        }
        auto.weighting = weighting ?? .unspecified
        auto.gain = gain ?? 0
        selection.auto = auto
    }

    /// The same mix is the same in any order.
    private static func canonical(_ selection: WireSelection) -> WireSelection {
        var selection = selection
        switch selection.kind {
        case .fixed(var fixed):
            fixed.shares.sort { $0.name < $1.name }
            selection.fixed = fixed
        case .auto(var auto):
            auto.allowed.sort()
            selection.auto = auto
        case .base, nil: break
        }
        return selection
    }
}
