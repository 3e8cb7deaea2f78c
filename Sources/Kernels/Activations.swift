internal import CKernels
internal import Tensors

/// The rows of a step at one point of the network: (row, width) floats, allocated once, with room for their int8 form and
/// for the same in bfloat16.
///
/// Sendable unchecked: one thread owns it between jobs, and the chunks of a job write disjoint parts.
@safe public final class Activations: @unchecked Sendable {
    /// Inputs that share one scale of the int8 form.
    static let blockSize = 32

    public let rowCapacity: Int
    public let width: Int
    /// Floats from one row to the next: the width rounded up, so that a quantized block is never cut.
    let stride: Int
    let values: AlignedBuffer<Float>
    let codes: AlignedBuffer<Int8>
    let scales: AlignedBuffer<Float>
    /// Two sums a block, of its first and its second 16 codes.
    let sums: AlignedBuffer<Int32>
    let bfloats: AlignedBuffer<UInt16>
    /// Two a block: -128 and -8 times the sum of its codes.
    let starts: AlignedBuffer<Int32>

    /// Makes room for `rowCapacity` rows of `width` zeros; `quantized` adds room for the int8 form and the bfloat16 one.
    public init(rowCapacity: Int, width: Int, quantized: Bool = false) {
        self.rowCapacity = rowCapacity
        self.width = width
        stride = (width + Self.blockSize - 1) / Self.blockSize * Self.blockSize
        values = AlignedBuffer(count: rowCapacity * stride)
        let blocks = quantized ? rowCapacity * stride / Self.blockSize : 0
        codes = AlignedBuffer(count: blocks * Self.blockSize)
        scales = AlignedBuffer(count: blocks)
        sums = AlignedBuffer(count: 2 * blocks)
        starts = AlignedBuffer(count: 2 * blocks)
        bfloats = AlignedBuffer(count: blocks * Self.blockSize)
    }

    var isQuantized: Bool { codes.count > 0 }

    /// The int8 form as the kernels read it, from an element on with which a block begins.
    func quantized(at element: Int) -> fb_quantized {
        let block = element / Self.blockSize
        return unsafe fb_quantized(
            codes: codes.pointer + element, scales: scales.pointer + block,
            starts: starts.pointer + 2 * block, sums: sums.pointer + 2 * block,
            bfloats: bfloats.pointer + element)
    }

    func row(_ index: Int) -> UnsafeMutablePointer<Float> {
        unsafe values.pointer + index * stride
    }

    /// A copy of one row, for tests and for results that leave the engine.
    public func copy(row index: Int) -> [Float] {
        precondition(index >= 0 && index < rowCapacity)
        return unsafe Array(UnsafeBufferPointer(start: row(index), count: width))
    }

    /// Reads one row without a copy.
    public func withRow<R>(_ index: Int, _ body: (Span<Float>) throws -> R) rethrows -> R {
        precondition(index >= 0 && index < rowCapacity)
        return unsafe try body(UnsafeBufferPointer(start: row(index), count: width).span)
    }

    /// Replaces one row; fewer values leave the rest of it as it is.
    public func set(row index: Int, to floats: [Float]) {
        precondition(index >= 0 && index < rowCapacity && floats.count <= width)
        for (column, value) in floats.enumerated() { unsafe row(index)[column] = value }
    }
}
