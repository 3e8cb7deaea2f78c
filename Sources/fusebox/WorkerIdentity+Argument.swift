import ArgumentParser
import Frontend

extension WorkerIdentity: @retroactive ExpressibleByArgument {
    public init?(argument: String) {
        self.init(hexadecimal: argument)
    }
}
