internal import Tensors

/// A row-major matrix of floats, or a part of one: copies share the elements.
///
/// As with `AlignedBuffer`, the elements are not guarded: operations on it come one after the other.
public struct Matrix: Sendable {
    public let rows: Int
    public let columns: Int
    /// Elements from one row to the next.
    let stride: Int
    let storage: AlignedBuffer<Float>
    private let first: Int

    /// Makes room for `rows` times `columns` zeros.
    public init(_ rows: Int, _ columns: Int) {
        self.init(
            rows, columns, stride: columns, storage: AlignedBuffer(count: rows * columns), first: 0)
    }

    /// Copies elements, row after row; as many as the shape has.
    public init(_ rows: Int, _ columns: Int, _ elements: [Float]) {
        precondition(elements.count == rows * columns, "\(elements.count) elements")
        self.init(rows, columns, stride: columns, storage: AlignedBuffer(elements), first: 0)
    }

    private init(
        _ rows: Int, _ columns: Int, stride: Int, storage: AlignedBuffer<Float>, first: Int
    ) {
        self.rows = rows
        self.columns = columns
        self.stride = stride
        self.storage = storage
        self.first = first
    }

    /// Some rows of the matrix.
    public func rows(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "\(range) of \(rows) rows")
        return Matrix(
            range.count, columns, stride: stride, storage: storage,
            first: first + range.lowerBound * stride)
    }

    /// Some columns of the matrix.
    public func columns(_ range: Range<Int>) -> Matrix {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= columns, "\(range) of \(columns) columns")
        return Matrix(
            rows, range.count, stride: stride, storage: storage, first: first + range.lowerBound)
    }

    /// The elements, row after row.
    public var elements: [Float] {
        var elements: [Float] = []
        elements.reserveCapacity(rows * columns)
        for row in 0..<rows {
            unsafe elements.append(
                contentsOf: UnsafeBufferPointer(start: self[row], count: columns))
        }
        return elements
    }

    /// Replaces one row.
    public func set(row: Int, to elements: [Float]) {
        precondition(row >= 0 && row < rows && elements.count == columns)
        unsafe elements.withUnsafeBufferPointer { source in
            guard let from = source.baseAddress else { return }
            unsafe self[row].update(from: from, count: columns)
        }
    }

    /// Replaces all elements, row after row.
    public func set(_ elements: [Float]) {
        precondition(elements.count == rows * columns)
        unsafe elements.withUnsafeBufferPointer { source in
            guard let from = source.baseAddress else { return }
            for row in 0..<rows {
                unsafe self[row].update(from: from + row * columns, count: columns)
            }
        }
    }

    /// The first element of a row; valid as long as the matrix is held.
    subscript(row: Int) -> UnsafeMutablePointer<Float> {
        unsafe storage.pointer + first + row * stride
    }
}
