import Adapters
import Merging
import Tensors
import TestSupport
import Testing

/// What `make_merges.py` wrote: adapters, merges of them, and what those add to each weight, times a few columns.
struct MergeGolden {
    static let base = BaseShape(
        name: "llama", digest: Digest(of: [1]), layerCount: 2,
        linears: [
            .query: (64, 64), .key: (32, 64), .value: (32, 64), .output: (64, 64),
            .gate: (96, 64), .up: (96, 64), .down: (64, 96),
        ])

    let json: JSONValue
    let expected: SafetensorsFile

    init() throws {
        let folder = GoldenFolder.path("merges")
        json = try FileBytes(path: folder + "/expected.json", loading: .copied).json()
        expected = try SafetensorsFile(path: folder + "/expected.safetensors")
    }

    static func adapter(_ name: String) throws -> AdapterFile {
        try AdapterFile(path: GoldenFolder.path("merges/\(name)"), base: base)
    }

    static func parts(_ weights: [(String, Double)]) throws -> [Merge.Part] {
        try weights.map { Merge.Part(name: $0, adapter: try adapter($0), weight: $1) }
    }

    /// The merge that a case describes.
    static func merge(_ json: JSONValue, seed: UInt64 = 0) throws -> Merge {
        let name = try #require(json["method"]?.string)
        let weights = try #require(json["weights"]?.object)
        return try Merge(
            parts(weights.map { ($0.key, $0.value.double ?? 0) }),
            settings: MergeSettings(
                method: try #require(MergeMethod(rawValue: name)), density: json["density"]?.double,
                rank: json["rank"]?.int, seed: seed,
                election: json["election"]?.string == "frequency" ? .frequency : .total))
    }
}

extension AdapterFactors {
    /// s B (A X) in double precision, row-major (outputs, columns), of X (inputs, columns).
    func product(_ x: [Float], columns: Int) -> [Double] {
        var inner = [Double](repeating: 0, count: rank * columns)
        for row in 0..<rank {
            for input in 0..<inputs {
                for column in 0..<columns {
                    inner[row * columns + column] +=
                        Double(a[row * inputs + input]) * Double(x[input * columns + column])
                }
            }
        }
        var result = [Double](repeating: 0, count: outputs * columns)
        for output in 0..<outputs {
            for row in 0..<rank {
                for column in 0..<columns {
                    result[output * columns + column] +=
                        Double(scale) * Double(b[output * rank + row])
                        * inner[row * columns + column]
                }
            }
        }
        return result
    }

    /// s B A, row-major.
    var delta: [Double] {
        product(
            (0..<inputs * inputs).map { $0 / inputs == $0 % inputs ? 1 : 0 }, columns: inputs)
    }
}

/// ‖left - right‖ / ‖right‖.
func relativeDistance(_ left: [Double], _ right: [Double]) -> Double {
    let difference = zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let length = right.reduce(0) { $0 + $1 * $1 }
    return (difference / length).squareRoot()
}
