/// Why a gateway cannot start.
package struct GatewayFailure: Error, CustomStringConvertible {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
