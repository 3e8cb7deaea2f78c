extension FileBytes {
    /// The JSON document that the bytes are.
    public func json(limits: JSONLimits = JSONLimits()) throws(TensorError) -> JSONValue {
        try unsafe withUnsafeBytes { bytes throws(TensorError) in
            try unsafe JSONValue(
                parsing: Span(_unsafeBytes: bytes), limits: limits)
        }
    }

    /// A copy of the bytes.
    public func bytes() -> [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }
}

extension Tensor {
    /// A copy of the stored bytes.
    public func bytes() -> [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }
}
