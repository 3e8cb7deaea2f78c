import GRDB

/// The tables of a journal, and how those of older versions become them.
///
/// A request is a row of `requests`; its parts have a row each in `parts`, and what their clients see, in runs of entries by
/// their first position, in `stream`: one for each commit while a part runs, and one alone once it has ended. Content of closed requests is gone,
/// their row stays until its time is over. `kept` is what somebody asked to keep, or may want to try again.
enum JournalSchema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE requests (
                        id BLOB PRIMARY KEY NOT NULL,
                        serial INTEGER NOT NULL,
                        hash BLOB NOT NULL,
                        record BLOB,
                        accepted_at INTEGER NOT NULL,
                        deadline INTEGER,
                        ended_at INTEGER,
                        summary BLOB
                    );
                    CREATE INDEX requests_by_serial ON requests (serial);
                    CREATE INDEX requests_open ON requests (serial) WHERE ended_at IS NULL;
                    CREATE INDEX requests_ended ON requests (ended_at) WHERE ended_at IS NOT NULL;
                    CREATE TABLE parts (
                        request BLOB NOT NULL,
                        part INTEGER NOT NULL,
                        epoch INTEGER NOT NULL,
                        losses INTEGER NOT NULL,
                        deaths INTEGER NOT NULL,
                        on_probation INTEGER NOT NULL,
                        stopping INTEGER,
                        quarantined INTEGER NOT NULL,
                        PRIMARY KEY (request, part)
                    ) WITHOUT ROWID;
                    CREATE TABLE stream (
                        request BLOB NOT NULL,
                        part INTEGER NOT NULL,
                        position INTEGER NOT NULL,
                        entries BLOB NOT NULL,
                        PRIMARY KEY (request, part, position)
                    ) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2") { database in
            try database.execute(
                sql: """
                    ALTER TABLE requests ADD COLUMN kept INTEGER NOT NULL DEFAULT 1;
                    CREATE INDEX requests_unwanted ON requests (ended_at)
                    WHERE kept = 0 AND record IS NOT NULL AND ended_at IS NOT NULL;
                    """)
        }
        return migrator
    }()
}
