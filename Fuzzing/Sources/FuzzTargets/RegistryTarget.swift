import Tensors

@testable import Registry

/// A service's registry: what is taken is written as it was read, also after each change that it allows.
enum RegistryTarget {
    static func run(_ bytes: [UInt8]) throws {
        let registry = try RegistryDocument.decode(bytes)
        check(registry)
        let digest = Digest(of: bytes)
        for name in registry.records.keys.sorted().prefix(4) {
            after(registry) { registry throws(RegistryError) in try registry.rollBack(name) }
            after(registry) { registry throws(RegistryError) in try registry.remove(name) }
            after(registry) { registry throws(RegistryError) in try registry.promote(name) }
            after(registry) { registry throws(RegistryError) in
                try registry.replace(name, with: digest)
            }
            after(registry) { registry throws(RegistryError) in
                try registry.beginCanary(name, with: digest, share: 1)
            }
            after(registry) { registry throws(RegistryError) in
                _ = registry.take(folder: [name: digest], present: [name])
            }
        }
    }

    private static func after(
        _ registry: AdapterRegistry,
        _ change: (inout AdapterRegistry) throws(RegistryError) -> Void
    ) {
        var registry = registry
        do throws(RegistryError) {
            try change(&registry)
        } catch {
            return
        }
        check(registry)
    }

    private static func check(_ registry: AdapterRegistry) {
        let again = try? RegistryDocument.decode(RegistryDocument.encode(registry))
        precondition(again == registry, "a registry changes on its way to disk")
    }
}
