internal import CKernels
internal import Tensors

/// How a weight matrix is packed for the kernels: tiles of 16 outputs, inputs ascending (layouts: `CKernels.h`).
public enum WeightFormat: String, Sendable, CaseIterable {
    case f32, f16, bf16
    /// Holds the codes and the largest magnitudes of NF4 without loss; products take the codes in 8 bits.
    case nf4
    /// Bytes, one half scale a block of 32.
    case u8
    /// Nibbles, one half scale a block of 32.
    case u4
    /// Bytes, scale and minimum a block of 32.
    case u8Minimum
    /// Nibbles, scale and minimum a block of 32.
    case u4Minimum
    /// Bytes, two scales a block of 32.
    case u8TwoScales
    /// Nibbles, half scale and half minimum a block of 32.
    case u4HalfMinimum
    /// Nibbles, two scales and two minima a block of 32.
    case u4TwoMinimums
    /// Nibbles that name bytes of a table behind the tiles, one scale a block of 32.
    case u4Table
    /// The same with two scales.
    case u4TableTwoScales

    /// The version of all layouts: raised whenever packing makes other bytes, so that images of older ones are left alone.
    public static let layoutVersion = 2

    /// Outputs of a tile.
    static let tile = 16

    /// Bytes behind the tiles of a format with a table, which has 16.
    static let tableBytes = 64

    /// What the kernels call a format, the inputs of a block, which divide those of a matrix, and the bytes of a block of
    /// 16 outputs.
    private var row: (code: fb_format, inputs: Int, bytes: Int) {
        switch self {
        case .f32: (FB_F32, 1, 64)
        case .f16: (FB_F16, 1, 32)
        case .bf16: (FB_BF16, 1, 32)
        case .nf4: (FB_NF4, 64, 512 + 64)
        case .u8: (FB_U8, 32, 512 + 32)
        case .u4: (FB_U4, 32, 256 + 32)
        case .u8Minimum: (FB_U8_MIN, 32, 512 + 128)
        case .u4Minimum: (FB_U4_MIN, 32, 256 + 128)
        case .u8TwoScales: (FB_U8_TWO, 32, 512 + 128)
        case .u4HalfMinimum: (FB_U4_HALF_MIN, 32, 256 + 64)
        case .u4TwoMinimums: (FB_U4_TWO_MIN, 32, 256 + 256)
        case .u4Table: (FB_U4_TABLE, 32, 256 + 64)
        case .u4TableTwoScales: (FB_U4_TABLE_TWO, 32, 256 + 128)
        }
    }

    var code: fb_format { row.code }
    var blockInputs: Int { row.inputs }
    var blockBytes: Int { row.bytes }

    /// Whether the kernels read int8 activations.
    public var readsIntegers: Bool { row.inputs > 1 }

    var hasTable: Bool { self == .u4Table || self == .u4TableTwoScales }

    /// The format that holds a type's weights without loss; nil: there is none.
    init?(_ type: DType) {
        if let blocks = type.blocks {
            self.init(blocks.shape)
            return
        }
        switch type {
        case .f32: self = .f32
        case .f16: self = .f16
        case .bf16: self = .bf16
        default: return nil
        }
    }

    private init(_ shape: RunShape) {
        switch shape {
        case .bytes: self = .u8
        case .nibbles: self = .u4
        case .bytesMinimum: self = .u8Minimum
        case .nibblesMinimum: self = .u4Minimum
        case .nibblesHalfMinimum: self = .u4HalfMinimum
        case .nibblesTwoMinimums: self = .u4TwoMinimums
        case .bytesTwoScales: self = .u8TwoScales
        case .table: self = .u4Table
        case .tableTwoScales: self = .u4TableTwoScales
        }
    }
}
