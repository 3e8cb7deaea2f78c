public import ArgumentParser
public import Frontend

extension WorkerIdentity: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(hexadecimal: argument)
    }
}
