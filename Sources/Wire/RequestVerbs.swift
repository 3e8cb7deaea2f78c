// The messages about the requests that a service has: kinds and checks.

extension WireListRequests: RequestMessage {
    public static let kind = Kind.listRequests

    /// Requests that one list may have.
    public static let mostRequests: UInt32 = 1000

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        guard limit <= Self.mostRequests else {
            throw WireError(
                .invalidField, "limit is \(limit), at most \(Self.mostRequests) are listed")
        }
        if !only.isEmpty { try FieldCheck.request(only) }
    }

    /// The one request that is asked for; nil: all are.
    public var onlyID: RequestID? { RequestID(bytes: only) }
}

extension WireRetry: RequestMessage {
    public static let kind = Kind.retry

    public func validate() throws(WireError) { try FieldCheck.request(request) }
}

extension WireDrop: RequestMessage {
    public static let kind = Kind.drop

    public func validate() throws(WireError) { try FieldCheck.request(request) }
}

extension WireRequests: RequestMessage {
    public static let kind = Kind.requests

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.count(
            requests.count, "requests", atMost: Int(WireListRequests.mostRequests))
        for summary in requests { try FieldCheck.request(summary.request) }
    }
}
