/// Which rows are wordings of one another, so that a router that has learned one has seen the others.
///
/// Rows with the same adapters are joined, and so are those that they are joined with, if
/// - they share a template: the words at their two ends that are equal are at least half of the longer row's
///   ("play some JAZZ", "set a timer for AN HOUR"), of rows of at most `templateWordLimit` words; or
/// - they are near duplicates: the Jaccard index of their words is at least `leastOverlap`. Candidates come from MinHash
///   (Broder 1997) in bands of locality-sensitive hashing; each is compared with the first row of its bucket.
///
/// Numbers count as one word, case and spacing as nothing. The same rows in the same order give the same groups.
///
/// - Complexity: linear in the rows.
struct RowGroups {
    /// The group of each row; groups are numbered by their first rows.
    let numbers: [Int]
    let count: Int

    static let templateWordLimit = 16
    static let leastOverlap = 0.5
    private static let bandCount = 16
    private static let hashesPerBand = 2
    private static let textByteLimit = 4096

    init(_ examples: [RouterExample]) {
        let rows = examples.map { Self.words(of: $0.text) }
        var sets = DisjointSets(count: rows.count)
        let classes = Dictionary(grouping: rows.indices) { examples[$0].adapters.sorted() }
        for places in classes.values {
            Self.joinTemplates(places, rows, into: &sets)
            Self.joinNearDuplicates(places, rows, into: &sets)
        }
        var known: [Int: Int] = [:]
        numbers = rows.indices.map { row in
            let root = sets.root(of: row)
            let number = known[root] ?? known.count
            known[root] = number
            return number
        }
        count = known.count
    }

    /// The hashes of a text's words.
    private static func words(of text: String) -> [UInt64] {
        let normalized = NormalizedText(text, byteLimit: textByteLimit)
        return normalized.words.map { word in
            let scalars = normalized.scalars[word]
            guard !scalars.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
            return scalars.reduce(0xCBF2_9CE4_8422_2325) { mixed($0, UInt64($1)) }
        }
    }

    private static func mixed(_ hash: UInt64, _ value: UInt64) -> UInt64 {
        var mixed = (hash ^ value) &* 0x9E37_79B9_7F4A_7C15
        mixed ^= mixed >> 32
        return mixed
    }

    /// Joins rows that have at least half of their words in common at the two ends.
    private static func joinTemplates(
        _ places: [Int], _ rows: [[UInt64]], into sets: inout DisjointSets
    ) {
        var first: [UInt64: Int] = [:]
        for place in places {
            let row = rows[place]
            guard (1...templateWordLimit).contains(row.count) else { continue }
            let heads = row.reduce(into: [UInt64(1)]) { $0.append(mixed($0[$0.count - 1], $1)) }
            let tails = row.reversed().reduce(into: [UInt64(2)]) {
                $0.append(mixed($0[$0.count - 1], $1))
            }
            for shared in (row.count + 1) / 2...row.count {
                for head in 0...shared {
                    let key = mixed(mixed(heads[head], tails[shared - head]), UInt64(head))
                    sets.join(place, first[key] ?? place)
                    if first[key] == nil { first[key] = place }
                }
            }
        }
    }

    /// Joins rows with the first row of each of their buckets, if their words overlap enough.
    private static func joinNearDuplicates(
        _ places: [Int], _ rows: [[UInt64]], into sets: inout DisjointSets
    ) {
        var first: [UInt64: Int] = [:]
        for place in places where !rows[place].isEmpty {
            for band in 0..<bandCount {
                var key = UInt64(band)
                for hash in 0..<hashesPerBand {
                    let seed = UInt64(band * hashesPerBand + hash + 1) &* 0xD6E8_FEB8_6659_FD93
                    key = mixed(key, rows[place].map { mixed($0, seed) }.min() ?? 0)
                }
                guard let other = first[key] else {
                    first[key] = place
                    continue
                }
                if overlap(rows[place], rows[other]) >= leastOverlap { sets.join(place, other) }
            }
        }
    }

    /// The Jaccard index of two rows' words.
    private static func overlap(_ left: [UInt64], _ right: [UInt64]) -> Double {
        let (left, right) = (Set(left), Set(right))
        let shared = left.intersection(right).count
        return Double(shared) / Double(max(1, left.count + right.count - shared))
    }
}
