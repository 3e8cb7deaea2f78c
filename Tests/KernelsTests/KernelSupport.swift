import CKernels
import Tensors
import TestSupport

@testable import Kernels

/// Half the distance from one to the next float: the relative error of one rounding.
let rounding = 0x1p-24

extension [Float] {
    /// What has to be equal when values are bit-identical.
    var bits: [UInt32] { map(\.bitPattern) }
}

extension Activations {
    var rowBits: [[UInt32]] { (0..<rowCapacity).map { copy(row: $0).bits } }

    /// The int8 form of a row as the numbers that it stands for.
    func decoded(row: Int) -> [Double] {
        (0..<width).map { column in
            let at = row * stride + column
            return Double(codes[at]) * Double(scales[at / Self.blockSize])
        }
    }
}

extension RowList {
    convenience init(_ rows: [Int]) {
        self.init(capacity: rows.count)
        for row in rows { append(row) }
    }
}

extension WeightFormat {
    /// How far a product's weight may be from the one stored, where the largest magnitude of a block is 1 at most.
    var codeRounding: Double { self == .nf4 ? 0.0039 : 0 }

    /// A checkpoint's type that is packed to this format; nil: NF4, which has an initializer of its own.
    var dtype: DType? {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        case .nf4: nil
        case .u8: .q8_0
        case .u4: .q4_0
        case .u8Minimum: .q5_K
        case .u4Minimum: .q4_K
        case .u8TwoScales: .q6_K
        case .u4HalfMinimum: .q4_1
        case .u4TwoMinimums: .q2_K
        case .u4Table: .iq4_xs
        case .u4TableTwoScales: .q3_K
        }
    }
}

extension DType {
    /// Where the half-precision scales stand in a block; none of types whose every scale is finite.
    var scaleOffsets: [Int] {
        switch self {
        case .q8_0, .q4_0, .q5_0, .iq4_nl, .iq4_xs, .iq1_s, .iq2_xxs, .iq2_xs, .iq2_s, .iq3_xxs,
            .iq3_s:
            [0]
        case .q4_1, .q5_1, .q4_K, .q5_K: [0, 2]
        case .q2_K: [80, 82]
        case .q3_K: [108]
        case .q6_K: [208]
        case .tq1_0: [52]
        case .tq2_0: [64]
        default: []
        }
    }
}

extension SeededGenerator {
    mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in Float.random(in: range, using: &self) }
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }

    /// Random numbers, or blocks of random bits with finite scales.
    mutating func tensor(_ dtype: DType, rows: Int, columns: Int) throws -> Tensor {
        guard dtype.blockElementCount > 1 else {
            let floats = try Tensor(
                name: "w", shape: [rows, columns], floats: floats(rows * columns))
            guard dtype != .f64 else {
                let bytes = try floats.floats().flatMap { value in
                    (0..<8).map { UInt8(truncatingIfNeeded: Double(value).bitPattern >> ($0 * 8)) }
                }
                return try Tensor(name: "w", dtype: .f64, shape: [rows, columns], bytes: bytes)
            }
            return try floats.converted(to: dtype)
        }
        let size = dtype.blockByteCount
        var bytes = bytes(rows * columns / dtype.blockElementCount * size)
        for block in stride(from: 0, to: bytes.count, by: size) {
            for offset in dtype.scaleOffsets {
                let scale = Float16(Float.random(in: 0.001...0.01, using: &self)).bitPattern
                bytes[block + offset] = UInt8(truncatingIfNeeded: scale)
                bytes[block + offset + 1] = UInt8(truncatingIfNeeded: scale >> 8)
            }
            // An exponent, and the highest bits of a scale.
            if dtype == .mxfp4 { bytes[block] = .random(in: 112...118, using: &self) }
            if dtype == .iq1_m { bytes[block + 55] = bytes[block + 55] & 15 | 0x10 }
        }
        return try Tensor(name: "w", dtype: dtype, shape: [rows, columns], bytes: bytes)
    }

    mutating func weights(_ format: WeightFormat, outputs: Int, inputs: Int) throws -> PackedWeights
    {
        guard let dtype = format.dtype else {
            return PackedWeights(
                nf4: bytes(outputs * inputs / 2),
                maxima: floats(outputs * inputs / 64, in: 0.1...1),
                outputs: outputs, inputs: inputs)
        }
        return try PackedWeights(tensor(dtype, rows: outputs, columns: inputs), type: .stored)
    }

    /// Rows of random numbers with their int8 form.
    mutating func activations(rows: Int, width: Int) throws -> Activations {
        let x = Activations(rowCapacity: rows, width: width, quantized: true)
        for row in 0..<rows { x.set(row: row, to: floats(width, in: -3...3)) }
        try Compute(scalar: rows).quantize(x, rows: RowList(identity: rows))
        return x
    }
}

extension Compute {
    /// The reference set on one thread.
    convenience init(scalar rows: Int) throws {
        self.init(
            kernels: try KernelSet.select("scalar"), pool: try ThreadPool(threadCount: 1),
            rowCapacity: rows)
    }
}

extension KernelSet {
    /// y[to] = W x[from], over some tiles.
    func multiply(
        _ weights: PackedWeights, _ x: Activations, from: [Int], into y: Activations, at to: [Int],
        tiles: Range<Int>? = nil
    ) {
        let (from, to) = (RowList(from), RowList(to))
        let tiles = tiles ?? 0..<weights.tileCount
        var job = unsafe fb_matmul(
            format: weights.format.code, weights: weights.pointer, tile_bytes: weights.tileBytes,
            table: weights.table, inputs: Int32(weights.inputs), outputs: Int32(weights.outputs),
            x: x.values.pointer,
            x_stride: x.stride, xq: x.quantized(at: 0), xq_stride: x.stride, x_rows: from.pointer,
            y_rows: to.pointer, row_count: Int32(from.count), y: y.values.pointer,
            y_stride: y.stride)
        unsafe table.pointee.matmul(&job, Int32(tiles.lowerBound), Int32(tiles.upperBound))
        extendLifetime((from, to))
    }
}
