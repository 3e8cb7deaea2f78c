public struct NF4Tensor: Sendable {
    public var codes: [UInt8]
    public var maxima: [Float]
    public var shape: [Int]
    public init(quantizing: [Float], shape: [Int], doubleQuantization: Bool) { codes = []; maxima = []; self.shape = shape }
    public func floats() -> [Float] { [] }
}
