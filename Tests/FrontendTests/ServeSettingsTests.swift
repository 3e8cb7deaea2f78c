import Testing

@testable import Frontend

@Suite struct ServeSettingsTests {
    private func parse(_ text: String) throws -> ServeSettings {
        try ServeSettings(parsing: Array(text.utf8), path: "f.json")
    }

    /// The first worker's on one processor.
    private func arguments(_ settings: ServeSettings) -> [String] {
        settings.workerCommands(settings.crew(processors: [0], limit: 1), memory: 9)[0].arguments
    }

    @Test func aModelHasTheNameOfItsFile() throws {
        for (path, name) in [
            ("/a/Tiny.Q4_K_M.gguf", "Tiny.Q4_K_M"), ("big-00001-of-00003.GGUF", "big"),
            ("a/SmolLM2/", "SmolLM2"), ("/", "model"), ("a/b\n", "model"), ("nowhere/..", ".."),
        ] {
            #expect(ServeSettings.modelName(path: path) == name)
        }
        #expect(ServeSettings.modelName(path: "/usr/.") == "usr")
        var settings = try parse(#"{"model": "a/b", "name": "my own"}"#)
        #expect(settings.brokerConfiguration.modelName == "my own")
        settings.name = nil
        #expect(settings.brokerConfiguration.modelName == "b")
        #expect(throws: ServiceFailure.self) { try parse(#"{"name": "a\u0007"}"#) }
    }

    @Test func keysAreTheFlags() throws {
        let file = try parse(
            """
            {"model": "m", "adapters": "a", "router": "r", "type": "q8_0", "workers": 3,
             "threads-per-worker": 2, "cache-type": "q8_0", "bind": "ipc:///tmp/x.sock",
             "cache-bytes": "4G", "adapter-memory": "1G", "slots": 8, "context": 4096, "rows": 64,
             "client-grace": 60}
            """)
        #expect(file.model == "m")
        #expect(file.workers == 3)
        #expect(file.threadsPerWorker == 2)
        #expect(file.bind == "ipc:///tmp/x.sock")
        var flags = ServeSettings()
        flags.model = "mine"
        flags.workers = 1
        flags.slots = 3
        let settings = flags.completed(by: file)
        #expect(settings.model == "mine")
        #expect(settings.workers == 1)
        #expect(settings.type == "q8_0")
        let crew = settings.crew(processors: [0, 1], limit: 2)
        #expect(
            settings.workerCommands(crew, memory: 1000).map(\.arguments) == [
                [
                    "worker", "--threads", "2", "--processors", "0,1", "--memory", "1000",
                    "--workers-here", "1", "--model", "mine", "--adapters", "a", "--router", "r",
                    "--type", "q8_0", "--cache-type", "q8_0", "--cache-bytes", "\(4 << 30)",
                    "--adapter-memory", "\(1 << 30)",
                    "--slots", "3", "--context", "4096", "--rows", "64",
                ]
            ])
    }

    @Test func imagesAreBuiltUnlessTheyAreNotWanted() throws {
        var settings = try parse(
            #"{"model": "m", "image-folder": "i", "no-image": false, "prune-images": true}"#)
        #expect(
            settings.imageArguments == [
                "image", "--best-effort", "--model", "m", "--image-folder", "i", "--prune",
            ])
        #expect(arguments(settings).suffix(2) == ["--image-folder", "i"])
        settings.noImage = true
        #expect(settings.imageArguments == nil)
        #expect(arguments(settings).last == "--no-image")
    }

    @Test(arguments: [
        (#"{"no-image": 1}"#, "true or false"), (#"{"image-folder": true}"#, "must be a text"),
        (#"{"modle": "m"}"#, "\"modle\" is not known"), (#"{"workers": 0}"#, "from 1 to 1024"),
        (#"{"workers": "2"}"#, "from 1 to 1024"), (#"{"model": 1}"#, "must be a text"),
        (#"{"slots": 0}"#, "\"slots\" must be a number from 1 to 1024"),
        (#"{"client-grace": 0}"#, "\"client-grace\" must be"),
        (#"{"context": -1}"#, "\"context\" must be"), (#"{"rows": 5000}"#, "from 1 to 4096"),
        (#"{"cache-bytes": 0}"#, "\"cache-bytes\" must be a number of bytes"),
        (#"{"cache-bytes": "4X"}"#, "\"cache-bytes\" must be a number of bytes"),
        ("[]", "JSON object"), ("{", "f.json"),
    ])
    func mistakesAreNamed(_ text: String, _ part: String) {
        let error = #expect(throws: ServiceFailure.self) { try parse(text) }
        #expect(error?.message.contains(part) == true)
        #expect(error?.message.contains("f.json") == true)
    }

    @Test func missingFile() {
        #expect(throws: ServiceFailure.self) { try ServeSettings(path: "/nowhere/f.json") }
    }

    private func crew(
        _ workers: Int?, _ threads: Int?, processors: [Int], limit: Int = .max
    ) -> Crew {
        var settings = ServeSettings()
        settings.workers = workers
        settings.threadsPerWorker = threads
        return settings.crew(processors: processors, limit: limit)
    }

    @Test func processorsAreShared() {
        func counts(_ workers: Int?, _ threads: Int?, _ count: Int, limit: Int = .max) -> [Int] {
            let crew = crew(workers, threads, processors: Array(0..<count), limit: limit)
            return [crew.workerCount, crew.threadCount]
        }
        #expect(counts(nil, nil, 1) == [1, 1])
        #expect(counts(nil, nil, 2) == [2, 1])
        #expect(counts(nil, nil, 8) == [2, 4])
        #expect(counts(3, nil, 8) == [3, 2])
        #expect(counts(4, nil, 2) == [4, 1])
        #expect(counts(nil, 8, 8) == [1, 8])
        #expect(counts(4, 4, 2) == [4, 4], "as was asked for")
        #expect(counts(nil, nil, 8, limit: 2) == [2, 1], "a quota of two")
        #expect(counts(nil, nil, 0) == [1, 1], "the system did not say")
    }

    @Test func threadsGetProcessorsOfTheirOwnWhereThereAreEnough() {
        #expect(crew(2, 1, processors: [4, 6]).processors == [[4], [6]])
        #expect(crew(1, 2, processors: [4, 6]).processors == [[4, 6]])
        #expect(crew(2, 2, processors: [0, 2, 4, 1, 3]).processors == [[0, 2], [4, 1]])
        for crowded in [
            crew(3, 1, processors: [4, 6]), crew(1, 3, processors: [4, 6]),
            crew(4, 2, processors: [4, 6]), crew(2, 2, processors: [0, 1, 2, 3], limit: 3),
            crew(1, 1, processors: []),
        ] {
            #expect(crowded.isCrowded && crowded.processors.isEmpty)
        }
    }

    @Test func workersAreToldTheirProcessors() {
        let settings = ServeSettings()
        let own = settings.workerCommands(crew(2, 2, processors: [0, 2, 1, 3]), memory: 7)
        let share = ["--memory", "7", "--workers-here"]
        #expect(
            own.map(\.arguments) == [
                ["worker", "--threads", "2", "--processors", "0,2"] + share + ["2"],
                ["worker", "--threads", "2", "--processors", "1,3"] + share + ["2"],
            ])
        let crowded = settings.workerCommands(crew(3, 1, processors: [0, 1]), memory: 7)
        #expect(
            crowded.map(\.arguments)
                == Array(
                    repeating: ["worker", "--threads", "1", "--crowded"] + share + ["3"], count: 3))
    }

    @Test func crewsSayWhatTheyAre() {
        #expect(
            "\(crew(2, 2, processors: [0, 2, 1, 3, 4]))"
                == "2 workers of 2 threads on 5 processors, bound to one each (0,2 1,3), idle ones spin"
        )
        #expect(
            "\(crew(1, 1, processors: [5]))"
                == "1 worker of 1 thread on 1 processor, bound to one each (5), none to wait for")
        #expect(
            "\(crew(4, 2, processors: [0, 1]))"
                == "4 workers of 2 threads on 2 processors, bound to none, idle ones sleep at once")
    }
}
