#include "hub/journal_readers.h"

#include <chrono>
#include <utility>

#include "base/limits.h"
#include "base/tally.h"

namespace tinychat::hub {

JournalReaders::Worker::Worker(std::unique_ptr<journal::JournalReader> its_reader)
    : reader(std::move(its_reader)), questions(limits::kReadQueueMax) {}

void JournalReaders::Worker::run() {
  using namespace std::chrono_literals;
  std::vector<Asked> asked;
  while (questions.wait_and_drain(asked, std::chrono::steady_clock::now() + 1h)) {
    for (auto& one : asked) one.reply_to->push_answer(one.question(*reader));
  }
}

Result<std::unique_ptr<JournalReaders>> JournalReaders::start(journal::Journal& journal, std::size_t count) {
  std::unique_ptr<JournalReaders> readers(new JournalReaders());
  for (std::size_t i = 0; i < count; ++i) {
    auto reader = journal.open_reader();
    if (!reader) return std::unexpected(reader.error());
    readers->workers_.push_back(std::make_unique<Worker>(std::move(*reader)));
  }
  for (auto& worker : readers->workers_) {
    worker->thread = std::thread([&worker = *worker] { worker.run(); });
  }
  return readers;
}

JournalReaders::~JournalReaders() {
  for (auto& worker : workers_) worker->questions.close();
  for (auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

bool JournalReaders::ask(std::size_t shard, ShardPort::JournalQuestion&& question, ShardInbox& reply_to) {
  Worker& worker = *workers_[shard % workers_.size()];
  if (worker.questions.try_push({std::move(question), &reply_to})) return true;
  limit_hit(Limit::kReadQueue);
  return false;
}

std::size_t JournalReaders::waiting() const {
  std::size_t count = 0;
  for (const auto& worker : workers_) count += worker->questions.size();
  return count;
}

}  // namespace tinychat::hub
