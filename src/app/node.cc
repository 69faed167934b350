#include "app/node.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "api/api_handler.h"
#include "api/settings.h"
#include "app/descriptors.h"
#include "base/limits.h"
#include "hub/journal_readers.h"
#include "hub/people_desk.h"
#include "hub/shard.h"
#include "hub/writer.h"
#include "journal/memory_journal.h"
#include "journal/memory_people.h"
#include "journal/sqlite_people.h"
#include "net/socket.h"

namespace tinychat::app {
namespace {

using namespace std::chrono_literals;

// For answers under way when the server stops; a commit takes milliseconds.
constexpr auto kDrainTimeout = 5s;
constexpr std::size_t kReadersMax = 4;

Result<std::unique_ptr<journal::Journal>> open_journal(const Options& options, const Clock& clock) {
  if (options.journal == JournalKind::kMemory) {
    return journal::make_memory_journal({clock.utc_milliseconds(), 0}, options.retention);
  }
  journal::SqliteOptions sqlite;
  sqlite.directory = options.data;
  sqlite.durability = options.durability;
  sqlite.retention = options.retention;
  return journal::open_sqlite_journal(sqlite, clock);
}

// After the journal: it is what makes the file.
std::unique_ptr<journal::People> open_people(const Options& options) {
  if (options.journal == JournalKind::kMemory) return journal::make_memory_people();
  return journal::open_sqlite_people(options.data);
}

hub::StreamSettings stream_settings(const Options& options) {
  const std::size_t streams_max =
      options.streams_max > 0 ? options.streams_max : streams_within_descriptor_limit();
  return {.heartbeat = options.heartbeat,
          .lifetime = options.stream_lifetime,
          .streams_max = streams_max,
          .recent_bytes_max = limits::kRecentBytesPerShard};
}

}  // namespace

struct Node::Impl {
  Impl(const Options& options, const Clock& clock, std::unique_ptr<journal::Journal> its_journal)
      : settings{.allowed_origins = options.allowed_origins,
                 .text_bytes_max = options.message_bytes_max,
                 .version = TINYCHAT_VERSION,
                 .clock = &clock},
        journal(std::move(its_journal)),
        committed_head(journal->head()) {}

  // In the order they are made; what stands below uses what stands above.
  const api::Settings settings;
  std::unique_ptr<journal::Journal> journal;
  hub::CommittedHead committed_head;
  hub::StreamCount stream_count;
  hub::WriterInbox writer_inbox{limits::kWriterQueueMax};
  std::vector<std::unique_ptr<hub::Shard>> shards;
  std::unique_ptr<hub::JournalReaders> readers;
  std::optional<hub::PeopleDesk> people;
  std::optional<hub::Writer> writer;
  std::thread writer_thread;
  std::vector<std::thread> shard_threads;
  std::uint16_t port = 0;
};

Result<std::unique_ptr<Node>> Node::start(const Options& options, const Clock& clock) {
  auto listeners = net::open_listeners({.host = options.host, .port = options.port}, options.shards);
  if (!listeners) return std::unexpected(listeners.error());
  auto journal = open_journal(options, clock);
  if (!journal) return std::unexpected(journal.error());

  auto impl = std::make_unique<Impl>(options, clock, std::move(*journal));
  impl->port = net::local_port(listeners->front().get());
  std::vector<hub::ShardInbox*> inboxes;
  for (auto& listener : *listeners) {
    const hub::Shard::Context context{.index = impl->shards.size(),
                                      .writer = &impl->writer_inbox,
                                      .clock = &clock,
                                      .committed_head = &impl->committed_head,
                                      .stream_count = &impl->stream_count,
                                      .head = impl->journal->head(),
                                      .streams = stream_settings(options)};
    impl->shards.push_back(std::make_unique<hub::Shard>(
        context, std::move(listener), [&settings = impl->settings](hub::ShardPort& port) {
          return std::make_unique<api::ApiHandler>(port, settings);
        }));
    inboxes.push_back(&impl->shards.back()->inbox());
  }
  auto readers = hub::JournalReaders::start(*impl->journal, std::min(options.shards, kReadersMax));
  if (!readers) return std::unexpected(readers.error());
  impl->readers = std::move(*readers);
  impl->people.emplace(open_people(options));
  impl->writer.emplace(*impl->journal, clock, impl->writer_inbox, inboxes, impl->committed_head);

  impl->writer_thread = std::thread([&writer = *impl->writer] { writer.run(); });
  for (auto& shard : impl->shards) {
    shard->use(*impl->readers, *impl->people);
    impl->shard_threads.emplace_back([&shard = *shard] { shard.run(); });
  }
  return std::unique_ptr<Node>(new Node(std::move(impl)));
}

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Node::~Node() { stop(); }

std::uint16_t Node::port() const { return impl_->port; }

void Node::stop() {
  if (!impl_) return;
  for (auto& shard : impl_->shards) shard->begin_stopping();
  const auto is_drained = [](const auto& shard) { return shard->is_drained(); };
  const auto deadline = std::chrono::steady_clock::now() + kDrainTimeout;
  while (!std::ranges::all_of(impl_->shards, is_drained) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(5ms);
  }
  impl_->writer_inbox.close();
  impl_->writer_thread.join();
  for (auto& shard : impl_->shards) shard->stop();
  for (auto& thread : impl_->shard_threads) thread.join();
  // The answers refer to the shards, and the shards to the journal.
  impl_->people.reset();
  impl_->readers.reset();
  impl_.reset();
}

}  // namespace tinychat::app
