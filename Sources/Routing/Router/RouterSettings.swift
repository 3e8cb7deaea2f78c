internal import Optimization
internal import Tensors

/// The content of `router.json`.
struct RouterSettings {
    let classes: [RouterClass]
    let calibration: RouterCalibration
    let logits: LogitStatistics
    let recipe: FeatureRecipe
    let width: Int
    let seed: UInt64
    /// The network reads what texts mean; the table is with the weights.
    let hasMeanings: Bool

    init(of router: AdapterRouter) {
        classes = router.classes
        calibration = router.calibration
        logits = router.statistics.logits
        recipe = router.recipe
        width = router.network.width
        seed = router.seed
        hasMeanings = router.network.meanings != nil
    }

    /// Reads and checks the JSON document.
    init(parsing bytes: [UInt8]) throws(RoutingError) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw RoutingError(.malformed, error.message)
        }
        guard document["format"]?.string == RouterArtefact.format else {
            throw RoutingError(.malformed, "\"format\" is not \"\(RouterArtefact.format)\"")
        }
        guard let version = document["version"]?.int, RouterArtefact.versions.contains(version)
        else {
            throw RoutingError(
                .malformed,
                "the format's version is not in \(RouterArtefact.versions); train the router again with `fusebox router train`"
            )
        }
        hasMeanings = version == RouterArtefact.versions.upperBound
        classes = try Self.classes(document["labels"])
        guard let coverage = document["coverage"]?.double, (0...1).contains(coverage) else {
            throw RoutingError(.malformed, "\"coverage\" is no number in 0...1")
        }
        calibration = RouterCalibration(
            temperature: try Self.number(document, "temperature", in: 1e-3...1e3),
            threshold: try Self.number(document, "threshold"),
            coverage: coverage)
        logits = LogitStatistics(
            target: try Self.number(document, "target_logit"),
            other: try Self.number(document, "other_logit"),
            otherDeviation: try Self.number(
                document, "other_logit_deviation", in: 0...Float.greatestFiniteMagnitude))
        recipe = try Self.recipe(document["features"])
        width = try Self.integer(document, "width", in: RouterArtefact.widths)
        guard width.isMultiple(of: Lanes.scalarCount) else {
            throw RoutingError(
                .malformed, "the width \(width) is no multiple of \(Lanes.scalarCount)")
        }
        guard let seed = document["seed"]?.string.flatMap({ UInt64($0) }) else {
            throw RoutingError(.malformed, "\"seed\" is no 64-bit number in a string")
        }
        self.seed = seed
    }

    /// The JSON document; the same settings always give the same bytes.
    var encoded: [UInt8] {
        let labels = classes.map { group in
            JSONValue.object([
                "name": .string(group.name),
                "adapter": group.adapter.map { .string($0.description) } ?? .null,
                "origin": .string(group.origin.rawValue),
            ])
        }
        let document = JSONValue.object([
            "format": .string(RouterArtefact.format),
            "version": .integer(Int64(hasMeanings ? 2 : 1)),
            "labels": .array(labels), "temperature": .number(Double(calibration.temperature)),
            "threshold": .number(Double(calibration.threshold)),
            "coverage": .number(calibration.coverage),
            "target_logit": .number(Double(logits.target)),
            "other_logit": .number(Double(logits.other)),
            "other_logit_deviation": .number(Double(logits.otherDeviation)),
            "features": .object([
                "buckets": .integer(Int64(recipe.bucketCount)),
                "word_grams": .integer(Int64(recipe.wordGramLength)),
                "character_grams": .array([
                    .integer(Int64(recipe.characterGramLengths.lowerBound)),
                    .integer(Int64(recipe.characterGramLengths.upperBound)),
                ]),
                "text_bytes": .integer(Int64(recipe.textByteLimit)),
            ]),
            "width": .integer(Int64(width)), "seed": .string("\(seed)"),
        ])
        return Array((document.text + "\n").utf8)
    }

    private static func classes(_ value: JSONValue?) throws(RoutingError) -> [RouterClass] {
        guard let rows = value?.array, (1...RouterArtefact.classLimit).contains(rows.count) else {
            throw RoutingError(
                .malformed, "\"labels\" is no list of 1 to \(RouterArtefact.classLimit) classes")
        }
        var names: Set<String> = [RouterExample.baseName]
        var classes: [RouterClass] = []
        for (index, row) in rows.enumerated() {
            guard let name = row["name"]?.string, !name.isEmpty, name.utf8.count <= 256,
                let origin = row["origin"]?.string.flatMap({ RouterClass.Origin(rawValue: $0) }),
                let adapter = row["adapter"],
                adapter.isNull || adapter.string.flatMap({ Digest($0) }) != nil
            else {
                throw RoutingError(
                    .malformed,
                    "label \(index) has no \"name\", \"adapter\" (a digest or null) and \"origin\"")
            }
            guard names.insert(name).inserted else {
                throw RoutingError(.malformed, "the label \"\(name)\" is taken")
            }
            classes.append(
                RouterClass(
                    name: name, adapter: adapter.string.flatMap { Digest($0) }, origin: origin))
        }
        return classes
    }

    private static func recipe(_ value: JSONValue?) throws(RoutingError) -> FeatureRecipe {
        guard let value, let grams = value["character_grams"]?.array, grams.count == 2,
            let shortest = grams[0].int, let longest = grams[1].int, shortest <= longest
        else { throw RoutingError(.malformed, "\"features\" is no feature recipe") }
        return try FeatureRecipe(
            bucketCount: integer(value, "buckets", in: FeatureRecipe.bucketCounts),
            wordGramLength: integer(value, "word_grams", in: 1...3),
            characterGramLengths: shortest...longest,
            textByteLimit: integer(value, "text_bytes", in: 16...65536))
    }

    private static func number(
        _ document: JSONValue, _ key: String, in range: ClosedRange<Float>? = nil
    ) throws(RoutingError) -> Float {
        guard let value = document[key]?.double.map({ Float($0) }), value.isFinite,
            range?.contains(value) ?? true
        else {
            let bounds = range.map { " in \($0)" } ?? ""
            throw RoutingError(.malformed, "\"\(key)\" is no number\(bounds)")
        }
        return value
    }

    private static func integer(
        _ document: JSONValue, _ key: String, in range: ClosedRange<Int>
    ) throws(RoutingError) -> Int {
        guard let value = document[key]?.int, range.contains(value) else {
            throw RoutingError(.malformed, "\"\(key)\" is no whole number in \(range)")
        }
        return value
    }
}
