import Adapters
import Routing
import TestSupport
import Testing

/// The routers that lie beside shelves were trained for the adapters that lie there.
@Suite struct ShippedRoutersTests {
    @Test(arguments: [("Router", "Demo/adapters"), ("Demo/real/router", "Demo/real/shelf")])
    func eachClassIsAnAdapterOfTheShelf(_ router: String, _ shelf: String) throws {
        let router = try AdapterRouter(directory: GoldenFolder.path("../../\(router)"))
        #expect(!router.classes.isEmpty)
        for item in router.classes {
            let path = GoldenFolder.path("../../\(shelf)/\(item.name)")
            #expect(try Adapter.digest(path: path) == item.adapter, "\(item.name)")
        }
    }
}
