internal import Tensors

/// Which modules an `adapter_config.json` says that the adapter changes, as PEFT reads it (`check_target_module_exists`).
struct AdapterTargets: Sendable {
    /// Names, or an expression that matches them whole.
    private enum Selection: Sendable {
        case names([String])
        case expression(RegularExpression)
        /// All linear layers but the head.
        case allLinear
    }

    /// nil: whatever has tensors.
    private let targets: Selection?
    private let excluded: Selection?
    /// Whole modules that were trained, by the ends of their names.
    let saved: [String]
    private let savedPatterns: [RegularExpression]
    /// nil: all.
    private let layers: Set<Int>?
    private let layerPatterns: [RegularExpression]

    /// More than modules of a model of 128 layers.
    private static let largestCount = 2048

    init(json: JSONValue) throws(AdapterError) {
        targets = try Self.selection(json, "target_modules")
        excluded = try Self.selection(json, "exclude_modules")
        saved = try Self.strings(json, "modules_to_save")
        savedPatterns = try saved.map { name throws(AdapterError) in
            try Self.expression("(^|.*\\.)\(name)($|\\..*)", of: name, "modules_to_save")
        }
        layers = try Self.layers(json)
        layerPatterns = try Self.strings(json, "layers_pattern").map { name throws(AdapterError) in
            try Self.expression(
                "(?:^|.*?\\.)\(name)\\.(?P<idx>\\d+)\\.", of: name, "layers_pattern")
        }
        if case .expression = targets, layers != nil || !layerPatterns.isEmpty {
            throw AdapterError(
                .malformed,
                "layers_to_transform and layers_pattern need a list of target_modules, not an expression"
            )
        }
    }

    /// The targets of a file that has no configuration of them.
    init() {
        targets = nil
        excluded = nil
        saved = []
        savedPatterns = []
        layers = nil
        layerPatterns = []
    }

    /// Whether the configuration says what it targets.
    var areGiven: Bool { targets != nil }

    /// Whether a module gets low-rank factors.
    ///
    /// - Parameters:
    ///   - path: its name in the model that was trained.
    ///   - isLinear: false for embeddings and the head.
    func includes(_ path: String, isLinear: Bool) -> Bool {
        if excluded.map({ Self.isIn($0, path, isLinear: isLinear) }) ?? false { return false }
        if savedPatterns.contains(where: { $0.matchesStart(of: path) }) { return false }
        guard let targets else { return true }
        guard Self.isIn(targets, path, isLinear: isLinear) else { return false }
        // A full name is meant whatever its layer.
        guard let layers, case .names(let full) = targets, !full.contains(path) else { return true }
        let names = path.split(separator: ".")
        // The first number behind two components is the layer.
        guard let place = names.indices.dropFirst(2).first(where: { Int(names[$0]) != nil }),
            place + 1 < names.count, let layer = Int(names[place])
        else { return false }
        guard layerPatterns.isEmpty || layerPatterns.contains(where: { $0.matchesStart(of: path) })
        else { return false }
        return layers.contains(layer)
    }

    /// Whether a module was trained and saved whole.
    func saves(_ path: String) -> Bool {
        saved.contains(where: path.hasSuffix)
    }

    private static func isIn(_ selection: Selection, _ path: String, isLinear: Bool) -> Bool {
        switch selection {
        case .names(let names): names.contains { path == $0 || path.hasSuffix(".\($0)") }
        case .expression(let expression): expression.matchesAll(of: path)
        case .allLinear: isLinear
        }
    }

    private static func selection(
        _ json: JSONValue, _ key: String
    ) throws(AdapterError) -> Selection? {
        switch json[key] ?? .null {
        case .null: return nil
        case .string(let text) where text.isEmpty && key == "exclude_modules": return nil
        case .string(let text) where text.lowercased() == "all-linear" && key == "target_modules":
            return .allLinear
        case .string(let text): return .expression(try expression(text, of: text, key))
        default:
            let names = try strings(json, key)
            return names.isEmpty && key == "exclude_modules" ? nil : .names(names)
        }
    }

    /// A list of names, or one alone.
    private static func strings(_ json: JSONValue, _ key: String) throws(AdapterError) -> [String] {
        let value = json[key] ?? .null
        if value.isNull { return [] }
        if let name = value.string { return name.isEmpty ? [] : [name] }
        let names = value.array?.compactMap(\.string)
        guard let names, names.count == value.array?.count, names.count <= largestCount else {
            throw AdapterError(
                .malformed, "\(key) is no list of at most \(largestCount) names of modules")
        }
        return names
    }

    private static func layers(_ json: JSONValue) throws(AdapterError) -> Set<Int>? {
        let value = json["layers_to_transform"] ?? .null
        if value.isNull { return nil }
        if let layer = value.int { return [layer] }
        let numbers = value.array?.compactMap(\.int)
        guard let numbers, numbers.count == value.array?.count else {
            throw AdapterError(.malformed, "layers_to_transform is no list of layers")
        }
        return numbers.isEmpty ? nil : Set(numbers)
    }

    private static func expression(
        _ text: String, of name: String, _ key: String
    ) throws(AdapterError) -> RegularExpression {
        do {
            return try RegularExpression(text)
        } catch {
            throw AdapterError(
                .unsupported,
                "\(key): the regular expression \"\(name.prefix(128))\" has \(error), which is not read; write the modules out"
            )
        }
    }
}
