// Threads that may block: they put the shards' questions to the journal.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "hub/messages.h"
#include "journal/journal.h"

namespace tinychat::hub {

class JournalReaders {
 public:
  // One thread and one reader each for `count`. Errors: as Journal::open_reader().
  static Result<std::unique_ptr<JournalReaders>> start(journal::Journal& journal, std::size_t count);
  JournalReaders(const JournalReaders&) = delete;
  JournalReaders& operator=(const JournalReaders&) = delete;
  // Ends the threads once every question that was taken is answered.
  ~JournalReaders();

  // The answer goes to `reply_to`, which must outlive this object. False: too many are waiting.
  // Any thread; the questions of one shard are asked in their order.
  [[nodiscard]] bool ask(std::size_t shard, ShardPort::JournalQuestion&& question, ShardInbox& reply_to);

  // Questions that wait, over all threads. Any thread.
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Asked {
    ShardPort::JournalQuestion question;
    ShardInbox* reply_to = nullptr;
  };
  struct Worker {
    explicit Worker(std::unique_ptr<journal::JournalReader> its_reader);
    void run();

    std::unique_ptr<journal::JournalReader> reader;
    Mailbox<Asked> questions;
    std::thread thread;
  };

  JournalReaders() = default;

  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace tinychat::hub
