import Glibc
import Tensors
import TestSupport
import Testing

@testable import Kernels

extension CacheType {
    /// What is left of a row of heads in the cache.
    fileprivate func stored(_ row: [Float], headDimension: Int) -> [Double] {
        switch self {
        case .f32: row.map(Double.init)
        case .f16: row.map { Double(Float16($0)) }
        case .q8_0:
            stride(from: 0, to: row.count, by: headDimension).flatMap { head in
                stride(from: head, to: head + headDimension, by: 32).flatMap { begin in
                    let group = row[begin..<min(begin + 32, head + headDimension)]
                    let scale = Float(Float16(group.reduce(0) { max($0, abs($1)) } / 127))
                    return group.map {
                        Double(scale) * Double(($0 * (1 / scale)).rounded(.toNearestOrEven))
                    }
                }
            }
        }
    }
}

@Suite struct AttentionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var queryHeads = 4
        var keyValueHeads = 2
        var dimension = 16
        var window: Int?
        var cache = CacheType.f32
        var cap: Float?

        static let all = [
            Case(), Case(window: 1), Case(window: 5), Case(window: 16), Case(window: 17),
            Case(queryHeads: 1, keyValueHeads: 1, dimension: 2), Case(queryHeads: 6, dimension: 20),
            Case(queryHeads: 3, keyValueHeads: 1, dimension: 64, window: 33), Case(cache: .f16),
            Case(queryHeads: 2, dimension: 40, cache: .f16),
            Case(dimension: 256, window: 20, cache: .f16),
            Case(queryHeads: 7, keyValueHeads: 1, cache: .f16),
            Case(queryHeads: 11, keyValueHeads: 1, dimension: 32, window: 65),
            Case(cache: .q8_0), Case(queryHeads: 3, keyValueHeads: 1, dimension: 2, cache: .q8_0),
            Case(queryHeads: 2, dimension: 40, cache: .q8_0),
            Case(dimension: 256, window: 20, cache: .q8_0),
            Case(queryHeads: 9, keyValueHeads: 1, dimension: 64, window: 33, cache: .q8_0),
            Case(cap: 4), Case(queryHeads: 7, keyValueHeads: 1, window: 20, cache: .f16, cap: 2),
        ]

        var testDescription: String {
            "\(queryHeads)/\(keyValueHeads) heads of \(dimension), window \(window ?? 0), \(cache.rawValue)"
        }

        var width: Int { (queryHeads + 2 * keyValueHeads) * dimension }
        var shape: AttentionShape {
            AttentionShape(
                queryHeads: queryHeads, keyValueHeads: keyValueHeads, headDimension: dimension,
                window: window, scale: 1 / Float(dimension).squareRoot(), cap: cap)
        }
    }

    /// Positions of a sequence, and the blocks that it has out of all: far apart and out of order.
    private let count = 70
    private let table = [9, 2, 11, 0, 5]

    /// Caches the rows in chunks and attends from all of them; every byte of the pages is a NaN before.
    private func run(_ test: Case, _ rows: [[Float]], set: KernelSet, chunk: Int) throws
        -> [[Float]]
    {
        let compute = Compute(
            kernels: set, pool: try ThreadPool(threadCount: 2, spinCount: 0), rowCapacity: chunk)
        let pages = try #require(
            KVPages(
                layerCount: 2, blockCount: 12, headCount: test.keyValueHeads,
                headDimension: test.dimension, type: test.cache))
        for buffer in [pages.keys, pages.values] {
            for index in 0..<buffer.count { buffer[index] = 0xFF }
        }
        var outputs: [[Float]] = []
        for begin in stride(from: 0, to: count, by: chunk) {
            let positions = begin..<min(begin + chunk, count)
            let qkv = Activations(rowCapacity: positions.count, width: test.width)
            let out = Activations(
                rowCapacity: positions.count, width: test.queryHeads * test.dimension)
            var places = RowPlaces()
            places.tables = [RowList(table)]
            places.positions = Array(positions)
            places.sequences = [Int](repeating: 0, count: positions.count)
            for (row, position) in positions.enumerated() { qkv.set(row: row, to: rows[position]) }
            let list = RowList(identity: positions.count)
            compute.cacheKeysAndValues(
                qkv, shape: test.shape, norms: nil, rotation: nil, places: places, pages: pages,
                layer: 1, rows: list)
            compute.attend(
                qkv, into: out, shape: test.shape, places: places, pages: pages, layer: 1,
                rows: list)
            outputs += (0..<positions.count).map { out.copy(row: $0) }
        }
        return outputs
    }

    private func reference(_ test: Case, _ rows: [[Float]], position: Int) -> [Double] {
        let dimension = test.dimension
        let stored = rows.map { test.cache.stored($0, headDimension: dimension) }
        var out: [Double] = []
        for head in 0..<test.queryHeads {
            let pair = head / (test.queryHeads / test.keyValueHeads)
            let key = (test.queryHeads + pair) * dimension
            let value = (test.queryHeads + test.keyValueHeads + pair) * dimension
            let seen = max(0, position + 1 - (test.window ?? .max / 2))...position
            let scores = seen.map { other in
                let score =
                    (0..<dimension).reduce(0.0) {
                        $0 + Double(rows[position][head * dimension + $1])
                            * stored[other][key + $1]
                    } * Double(test.shape.scale)
                return test.cap.map { Double($0) * tanh(score / Double($0)) } ?? score
            }
            let largest = scores.max() ?? 0
            let weights = scores.map { exp($0 - largest) }
            let total = weights.reduce(0, +)
            for index in 0..<dimension {
                let sum = zip(seen, weights).reduce(0.0) {
                    $0 + $1.1 * stored[$1.0][value + index]
                }
                out.append(sum / total)
            }
        }
        return out
    }

    /// Scores reach about ±10, so that an exponential is off by at most 10 × 2^-23 and 3e-7; values are at most 3.
    @Test(arguments: Case.all)
    func equalsTheSoftmaxOverWhatARowSees(_ test: Case) throws {
        var random = SeededGenerator(seed: UInt64(test.width))
        let rows = (0..<count).map { _ in random.floats(test.width, in: -3...3) }
        let outputs = try run(test, rows, set: KernelSet.select("scalar"), chunk: count)
        for position in 0..<count {
            let expected = reference(test, rows, position: position)
            for (found, expected) in zip(outputs[position], expected) {
                #expect(abs(Double(found) - expected) <= 2e-5, "\(found) for \(expected)")
            }
        }
        for set in KernelSet.available {
            for chunk in [1, 7, 16, 33] {
                let again = try run(test, rows, set: set, chunk: chunk)
                #expect(again.map(\.bits) == outputs.map(\.bits), "\(set.name), chunks of \(chunk)")
            }
        }
    }

    /// Scores so far apart that all but one weight vanish, and so large that a plain exponential would overflow.
    @Test(arguments: [Float(1), 100, 3000])
    func extremeScoresStayFinite(_ magnitude: Float) throws {
        let test = Case()
        var random = SeededGenerator(seed: 8)
        let rows = (0..<count).map { _ in random.floats(test.width).map { $0 * magnitude } }
        for set in KernelSet.available {
            for (position, output) in try run(test, rows, set: set, chunk: 16).enumerated() {
                let largest = rows[...position].reduce(Float(0)) {
                    $1.suffix(32).reduce($0) { max($0, abs($1)) }
                }
                #expect(output.allSatisfy { abs($0) <= largest * 1.00001 })
            }
        }
    }

    /// Magnitudes for which a scale is a tiny half, a large one, or too small to be one: what is cached stays near.
    @Test(arguments: [Float(0), 1e-9, 1e-6, 1e-5, 1, 1e4, 1e6])
    func bytesOfTheCacheFitEveryMagnitude(_ magnitude: Float) throws {
        let test = Case(queryHeads: 1, keyValueHeads: 1, dimension: 32, window: 1, cache: .q8_0)
        var random = SeededGenerator(seed: 10)
        let rows = (0..<count).map { _ in random.floats(test.width).map { $0 * magnitude } }
        for set in KernelSet.available {
            for (row, output) in zip(rows, try run(test, rows, set: set, chunk: 16)) {
                for (found, value) in zip(output, row.suffix(32)) {
                    #expect(abs(found - value) <= max(magnitude / 250, 4e-6))
                }
            }
        }
    }

    /// Rotation by halves and norms of heads before it, in what reaches the cache: seen by attending to one position.
    @Test func queriesAndKeysAreNormalizedAndRotated() throws {
        let test = Case(queryHeads: 2, keyValueHeads: 1, dimension: 8)
        var random = SeededGenerator(seed: 9)
        let qkv = Activations(rowCapacity: 1, width: test.width)
        let values = random.floats(test.width)
        let (queryNorm, keyNorm) = (random.floats(8, in: 0.5...2), random.floats(8, in: 0.5...2))
        let frequencies = [1.0, 0.3, 0.1, 0.01]
        let rotation = RowRotations(rowCapacity: 1, pairs: 4)
        rotation.set(row: 0, position: 37, from: RotaryTable(frequencies: frequencies))
        var outputs: [[UInt32]] = []
        for set in KernelSet.available {
            qkv.set(row: 0, to: values)
            let compute = Compute(
                kernels: set, pool: try ThreadPool(threadCount: 1), rowCapacity: 1)
            let pages = try #require(
                KVPages(layerCount: 1, blockCount: 5, headCount: 1, headDimension: 8, type: .f32))
            var places = RowPlaces()
            places.tables = [RowList(table.map { $0 % 5 })]
            (places.sequences, places.positions) = ([0], [37])
            compute.cacheKeysAndValues(
                qkv, shape: test.shape,
                norms: HeadNorms(
                    query: AlignedBuffer(queryNorm), key: AlignedBuffer(keyNorm), epsilon: 1e-6),
                rotation: rotation, places: places, pages: pages, layer: 0,
                rows: RowList(identity: 1))
            let found = qkv.copy(row: 0)
            outputs.append(found.bits)
            for head in 0..<3 {
                let norm = head < 2 ? queryNorm : keyNorm
                let x = values[head * 8..<head * 8 + 8].map(Double.init)
                let scale = 1 / (x.reduce(0) { $0 + $1 * $1 } / 8 + 1e-6).squareRoot()
                let normed = zip(x, norm).map { $0 * scale * Double($1) }
                for index in 0..<4 {
                    let angle = 37 * frequencies[index]
                    let low = normed[index] * cos(angle) - normed[index + 4] * sin(angle)
                    let high = normed[index + 4] * cos(angle) + normed[index] * sin(angle)
                    #expect(abs(Double(found[head * 8 + index]) - low) <= 2e-6)
                    #expect(abs(Double(found[head * 8 + index + 4]) - high) <= 2e-6)
                }
            }
            #expect(Array(found.suffix(8)) == Array(values.suffix(8)))
        }
        #expect(outputs.allSatisfy { $0 == outputs[0] })
    }
}
