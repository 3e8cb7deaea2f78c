public import ArgumentParser
public import Wire

extension RequestID: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}
