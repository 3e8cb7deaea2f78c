internal import ArgumentParser
internal import Tensors

/// What `adapters train` stores factors as.
enum FactorType: String, ExpressibleByArgument, CaseIterable {
    case f32, f16, bf16

    var dtype: DType {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        }
    }
}
