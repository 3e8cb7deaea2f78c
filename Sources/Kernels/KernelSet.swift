internal import CKernels
internal import Glibc

/// The SIMD functions of one instruction set, chosen once at start (seam: a new instruction set is one more C file).
///
/// All sets round alike, so a result is bit-identical in each of them.
@safe public struct KernelSet: @unchecked Sendable {
    // The table is a constant of the C module.
    let table: UnsafePointer<fb_kernels>

    /// The sets that this processor runs, best first; the last one is the scalar reference.
    public static let available: [KernelSet] = {
        let capacity = 8
        return unsafe withUnsafeTemporaryAllocation(
            of: UnsafePointer<fb_kernels>.self, capacity: capacity
        ) { tables in
            guard let first = tables.baseAddress else { return [] }
            let count = unsafe fb_kernels_available(first, Int32(capacity))
            return unsafe tables[..<Int(count)].map { unsafe KernelSet(table: $0) }
        }
    }()

    /// The name for logs, provenance and overrides: `avx512_bf16`, `avx512_vnni`, `avx2` or `scalar`.
    public var name: String {
        unsafe String(cString: table.pointee.name)
    }

    /// Queries, each one head of one row, that attention takes through keys and values at once.
    var attentionQueries: Int {
        unsafe Int(table.pointee.attention_queries)
    }

    /// The set called `name`, else the one that `FUSEBOX_KERNELS` names, else the best.
    ///
    /// - Throws: when this processor does not run a set of that name.
    public static func select(_ name: String? = nil) throws(KernelError) -> KernelSet {
        let sets = available
        let chosen = unsafe getenv("FUSEBOX_KERNELS").map { unsafe String(cString: $0) }
        let name = name ?? chosen
        guard let chosen = sets.first(where: { name == nil || $0.name == name }) else {
            throw KernelError.unknownKernelSet(name ?? "", available: sets.map(\.name))
        }
        return chosen
    }

    /// The first index of the largest number; 0 when there is none.
    public func indexOfLargest(_ numbers: Span<Float>) -> Int {
        unsafe numbers.withUnsafeBufferPointer { numbers in
            guard let first = numbers.baseAddress else { return 0 }
            return unsafe Int(table.pointee.index_of_largest(first, Int32(numbers.count)))
        }
    }
}
