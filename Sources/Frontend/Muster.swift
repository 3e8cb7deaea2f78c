/// Which places of a starting service serve, and which were tried in vain.
struct Muster {
    private let placeCount: Int
    private var failed: Set<Int> = []
    private(set) var serving: Set<Int> = []

    init(placeCount: Int) {
        self.placeCount = placeCount
    }

    mutating func noteServing(_ place: Int) {
        serving.insert(place)
    }

    mutating func noteFailed(_ place: Int) {
        failed.insert(place)
        serving.remove(place)
    }

    /// One place serves, and of the others it is known whether they do.
    var isOver: Bool { !serving.isEmpty && serving.union(failed).count == placeCount }
}
