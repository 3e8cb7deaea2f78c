/// The adapters that rows name, as a network's classes.
struct RowClasses {
    /// In alphabetical order; the base comes after them.
    let names: [String]
    private let indices: [String: Int]

    /// - Throws: when held-out rows name adapters that no row to learn from does, and for too few or too many adapters.
    init(of examples: [RouterExample], validation: [RouterExample]) throws(RoutingError) {
        let names = Set(examples.flatMap(\.adapters)).sorted()
        guard !names.isEmpty, names.count <= RouterArtefact.classLimit else {
            throw RoutingError(
                .data,
                "the rows name \(names.count) adapters; a router has 1 to \(RouterArtefact.classLimit)"
            )
        }
        let indices = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        for example in validation {
            guard let name = example.adapters.first(where: { indices[$0] == nil }) else { continue }
            throw RoutingError(
                .data, "the adapter \"\(name)\" has held-out rows, but none to learn from")
        }
        self.names = names
        self.indices = indices
    }

    var base: Int { names.count }

    /// The classes that fit; the base alone where no adapter does.
    func places(of example: RouterExample) -> [Int] {
        let fitting = example.adapters.compactMap { indices[$0] }
        return fitting.isEmpty ? [base] : fitting
    }
}
