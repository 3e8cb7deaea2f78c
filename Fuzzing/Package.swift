// swift-tools-version: 6.2
import PackageDescription

/// The settings of the package above, but for warnings as errors.
let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

extension Target {
    /// A target of the package above, compiled here with instrumentation; `Shipped` is its `Sources`.
    static func shipped(_ name: String, _ dependencies: [Dependency]) -> Target {
        .target(
            name: name, dependencies: dependencies, path: "Shipped/\(name)", swiftSettings: swift)
    }
}

let package = Package(
    name: "fuzzing",
    products: [.library(name: "FuzzTargets", type: .static, targets: ["FuzzTargets"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .target(
            name: "CKernels", path: "Shipped/CKernels",
            cSettings: [.unsafeFlags(["-O2", "-ffp-contract=off", "-Wno-psabi"])]),
        .target(name: "CSHA256", path: "Shipped/CSHA256"),
        .target(name: "CSystemShims", path: "Shipped/CSystemShims"),
        .systemLibrary(name: "COpenBLAS", path: "Shipped/COpenBLAS", pkgConfig: "openblas"),
        .shipped(
            "Tensors",
            [
                "CSHA256", "CSystemShims",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .shipped("Kernels", ["CKernels", "COpenBLAS", "CSystemShims", "Tensors"]),
        .shipped(
            "Adapters",
            ["Kernels", "Tensors", .product(name: "SystemPackage", package: "swift-system")]),
        .shipped(
            "Models",
            [
                "Adapters", "Kernels", "Tensors",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .shipped("Templates", []),
        .shipped(
            "Tokenization",
            [
                "CSystemShims", "Templates", "Tensors",
                .product(name: "HeapModule", package: "swift-collections"),
            ]),
        .shipped("Optimization", []),
        .shipped("Routing", ["Adapters", "Kernels", "Optimization", "Tensors"]),
        .shipped(
            "Evaluation",
            [
                "Adapters", "Routing", "Tensors",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .shipped("Wire", [.product(name: "SwiftProtobuf", package: "swift-protobuf")]),
        .systemLibrary(name: "CZeroMQ", path: "Shipped/CZeroMQ", pkgConfig: "libzmq"),
        .shipped(
            "Messaging",
            [
                "CSystemShims", "CZeroMQ",
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Adapters", "Evaluation", "Kernels", "Messaging", "Models", "Routing", "Templates",
                "Tensors", "Tokenization", "Wire",
            ],
            swiftSettings: swift),
    ])
