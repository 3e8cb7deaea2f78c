internal import CKernels

/// How a weight matrix is packed for the kernels: tiles of 16 outputs, inputs ascending (layouts: `CKernels.h`).
public enum WeightFormat: String, Sendable, CaseIterable {
    case f32, f16, bf16
    /// Holds the codes and the largest magnitudes of NF4 without loss; products take the codes in 8 bits.
    case nf4
    /// One half scale a block of 32; holds Q8_0 and Q5_0 without loss.
    case u8
    /// One half scale a block of 32; holds Q4_0 without loss.
    case u4
    /// Scale and minimum a block of 32; holds Q5_K without loss.
    case u8Minimum
    /// Scale and minimum a block of 32; holds Q4_K without loss.
    case u4Minimum
    /// Two scales a block of 32; holds Q6_K without loss.
    case u8TwoScales

    /// The version of all layouts: raised whenever packing makes other bytes, so that images of older ones are left alone.
    public static let layoutVersion = 2

    /// Outputs of a tile.
    static let tile = 16

    var code: fb_format {
        switch self {
        case .f32: FB_F32
        case .f16: FB_F16
        case .bf16: FB_BF16
        case .nf4: FB_NF4
        case .u8: FB_U8
        case .u4: FB_U4
        case .u8Minimum: FB_U8_MIN
        case .u4Minimum: FB_U4_MIN
        case .u8TwoScales: FB_U8_TWO
        }
    }

    /// Inputs of a block, which divide the inputs of a matrix.
    var blockInputs: Int {
        switch self {
        case .f32, .f16, .bf16: 1
        case .nf4: 64
        case .u8, .u4, .u8Minimum, .u4Minimum, .u8TwoScales: 32
        }
    }

    /// Bytes of a block of 16 outputs.
    var blockBytes: Int {
        switch self {
        case .f32: 64
        case .f16, .bf16: 32
        case .nf4: 512 + 64
        case .u8: 512 + 32
        case .u4: 256 + 32
        case .u8Minimum, .u8TwoScales: 512 + 128
        case .u4Minimum: 256 + 128
        }
    }

    /// Whether the kernels read int8 activations.
    public var readsIntegers: Bool {
        switch self {
        case .f32, .f16, .bf16: false
        case .nf4, .u8, .u4, .u8Minimum, .u4Minimum, .u8TwoScales: true
        }
    }
}
