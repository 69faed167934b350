#include "app/node.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "api/api_handler.h"
#include "api/rate_limits.h"
#include "api/settings.h"
#include "app/admin.h"
#include "app/descriptors.h"
#include "app/metrics_page.h"
#include "base/keyed_count.h"
#include "base/limits.h"
#include "base/readiness.h"
#include "hub/journal_readers.h"
#include "hub/people_desk.h"
#include "hub/shard.h"
#include "hub/tail.h"
#include "hub/writer.h"
#include "journal/memory_journal.h"
#include "journal/memory_people.h"
#include "journal/redis_journal.h"
#include "journal/sqlite_people.h"
#include "net/resources.h"
#include "net/socket.h"

namespace tinychat::app {
namespace {

constexpr std::size_t kReadersMax = 4;

// Of one process alone, or (with a tail and people over all nodes) shared.
Result<journal::Engine> open_engine(const Options& options, const Clock& clock, Readiness& readiness) {
  if (options.journal == JournalKind::kRedis) {
    return journal::open_redis_engine({.endpoint = options.redis,
                                       .prefix = options.redis_prefix,
                                       .retention = options.retention,
                                       .next_id = {}});
  }
  journal::Engine engine;
  if (options.journal == JournalKind::kMemory) {
    engine.journal = journal::make_memory_journal({clock.utc_milliseconds(), 0}, options.retention);
    return engine;
  }
  journal::SqliteOptions sqlite;
  sqlite.directory = options.data;
  sqlite.durability = options.durability;
  sqlite.retention = options.retention;
  sqlite.readiness = &readiness;
  auto opened = journal::open_sqlite_journal(sqlite, clock);
  if (!opened) return std::unexpected(opened.error());
  engine.journal = std::move(*opened);
  return engine;
}

// After the journal: it is what makes the file.
std::unique_ptr<journal::People> open_people(const Options& options, Readiness& readiness) {
  if (options.journal == JournalKind::kMemory) return journal::make_memory_people();
  return journal::open_sqlite_people(options.data, {}, &readiness);
}

// Of connections there are always some left that publish and read.
std::size_t streams_max(const Limits& limits) {
  if (limits.streams_max > 0) return limits.streams_max;
  const std::size_t streams = streams_within_descriptor_limit();
  if (limits.connections_max == 0) return streams;
  return std::min(streams, std::max<std::size_t>(1, limits.connections_max - limits.connections_max / 8 - 1));
}

hub::StreamSettings stream_settings(const Limits& limits, ByteBudget& budget) {
  return {.heartbeat = limits.heartbeat,
          .lifetime = limits.stream_lifetime,
          .streams_max = streams_max(limits),
          .recent_bytes_max = limits::kRecentBytesPerShard,
          .budget = &budget};
}

std::size_t connections_max(const Limits& limits) {
  return limits.connections_max > 0 ? limits.connections_max : connections_within_descriptor_limit();
}

}  // namespace

struct Node::Impl {
  Impl(const Options& options, const Clock& clock, std::unique_ptr<Readiness> its_readiness,
       journal::Engine its_engine)
      : owned_readiness(std::move(its_readiness)),
        readiness(*owned_readiness),
        resources(connections_max(options.limits), options.limits.connections_per_address_max,
                  options.limits.held_bytes_max),
        streams_of_users(KeyedCount::kUnbounded, options.limits.streams_per_user_max),
        rate_limits(options.limits.rates),
        settings{.allowed_origins = options.allowed_origins,
                 .text_bytes_max = options.limits.message_bytes_max,
                 .version = TINYCHAT_VERSION,
                 .readiness = &readiness,
                 .clock = &clock,
                 .trusted_proxies = options.trusted_proxies,
                 .door = door_of(options),
                 .rate_limits = &rate_limits,
                 .connections = &resources.connections,
                 .streams_of_users = &streams_of_users},
        engine(std::move(its_engine)),
        committed_head(engine.journal->head(), engine.tail != nullptr) {}

  // How long those who are sent away do well to stay away. Of several nodes another one has them at once.
  [[nodiscard]] std::chrono::milliseconds absence(std::chrono::milliseconds until_restart) const {
    return engine.tail ? std::chrono::milliseconds(0) : until_restart;
  }

  void start_admin(const Options& options) {
    metrics_sources = {
        .version = settings.version,
        .readiness = &readiness,
        .shards = &shards,
        .writer = &*writer,
        .writer_inbox = &writer_inbox,
        .readers = readers.get(),
        .people = &*people,
        .tail = tail ? &*tail : nullptr,
        .readers_count = std::min(options.shards, kReadersMax),
        .streams_max = stream_settings(options.limits, resources.streams).streams_max,
        .started_utc_milliseconds = started_utc_milliseconds,
        .resources = &resources,
        .data = options.journal == JournalKind::kSqlite ? options.data : std::filesystem::path()};
    admin->start(settings, [&sources = metrics_sources] { return metrics_page(sources); });
  }

  // In the order they are made; what stands below uses what stands above.
  const std::unique_ptr<Readiness> owned_readiness;
  Readiness& readiness;
  net::Resources resources;
  KeyedCount streams_of_users;
  api::RateLimits rate_limits;
  const api::Settings settings;
  journal::Engine engine;
  hub::CommittedHead committed_head;
  hub::StreamCount stream_count;
  hub::WriterInbox writer_inbox{limits::kWriterQueueMax};
  std::vector<std::unique_ptr<hub::Shard>> shards;
  std::unique_ptr<hub::JournalReaders> readers;
  std::optional<hub::PeopleDesk> people;
  std::optional<hub::Writer> writer;
  std::optional<hub::Tail> tail;
  Invitation invitation;
  MetricsSources metrics_sources;
  std::unique_ptr<Admin> admin;
  std::thread writer_thread;
  std::thread tail_thread;
  std::vector<std::thread> shard_threads;
  // Shards that are not done yet. Counted down by them (release), read by whoever waits (acquire).
  std::atomic<std::size_t> undrained{0};
  std::uint16_t port = 0;
  std::uint64_t started_utc_milliseconds = 0;
};

Result<std::unique_ptr<Node>> Node::start(const Options& options, const Clock& clock,
                                          std::vector<UniqueFd> sockets) {
  const auto started_utc_milliseconds = clock.utc_milliseconds();
  auto listeners = sockets.empty()
                       ? net::open_listeners({.host = options.host, .port = options.port}, options.shards)
                       : net::adopt_listeners(std::move(sockets), options.shards);
  if (!listeners) return std::unexpected(listeners.error());
  std::unique_ptr<Admin> admin;
  if (options.admin) {
    auto opened = Admin::open(*options.admin, clock);
    if (!opened) return std::unexpected(opened.error());
    admin = std::move(*opened);
  }
  auto readiness = std::make_unique<Readiness>();
  auto engine = open_engine(options, clock, *readiness);
  if (!engine) return std::unexpected(engine.error());

  auto impl = std::make_unique<Impl>(options, clock, std::move(readiness), std::move(*engine));
  impl->started_utc_milliseconds = started_utc_milliseconds;
  journal::Journal& journal = *impl->engine.journal;
  const auto where = net::local_endpoint(listeners->front().get());
  impl->port = where ? where->port : 0;
  auto people = impl->engine.people ? std::move(impl->engine.people) : open_people(options, impl->readiness);
  if (impl->settings.door == room::Door::kClosed) {
    auto invitation = invite(*people, clock);
    if (!invitation) return fail(Code::kUsage, std::move(invitation.error().detail));
    impl->invitation = std::move(*invitation);
  }
  auto revoked = people->passes().revoked_after({});
  if (!revoked) return fail(Code::kUsage, std::move(revoked.error().detail));
  // After it: what changes from now on is told.
  auto locked_rooms = people->rooms().locked();
  if (!locked_rooms) return fail(Code::kUsage, std::move(locked_rooms.error().detail));
  const auto blocks = people->blocks().all();
  if (!blocks) return fail(Code::kUsage, blocks.error().detail);
  std::vector<hub::ShardInbox*> inboxes;
  for (auto& listener : *listeners) {
    const hub::Shard::Context context{
        .index = impl->shards.size(),
        .writer = &impl->writer_inbox,
        .clock = &clock,
        .committed_head = &impl->committed_head,
        .stream_count = &impl->stream_count,
        .resources = &impl->resources,
        .head = journal.head(),
        .streams = stream_settings(options.limits, impl->resources.streams),
        .is_shared = impl->engine.tail != nullptr,
        .rights = {
            .place = revoked->place, .locked_rooms = *locked_rooms, .blocked = journal::subnets_of(*blocks)}};
    impl->shards.push_back(std::make_unique<hub::Shard>(
        context, std::move(listener), [&settings = impl->settings](hub::ShardPort& port) {
          return std::make_unique<api::ApiHandler>(port, settings);
        }));
    inboxes.push_back(&impl->shards.back()->inbox());
  }
  auto readers = hub::JournalReaders::start(journal, std::min(options.shards, kReadersMax));
  if (!readers) return std::unexpected(readers.error());
  impl->readers = std::move(*readers);
  impl->people.emplace(std::move(people));
  if (impl->engine.tail) {
    impl->writer.emplace(journal, clock, impl->writer_inbox, inboxes, *impl->engine.presence);
    impl->tail.emplace(*impl->engine.tail, clock, inboxes, impl->committed_head, journal.head(),
                       impl->readiness);
    impl->tail->use(impl->resources.queue);
    impl->tail_thread = std::thread([&tail = *impl->tail] { tail.run(); });
  } else {
    impl->writer.emplace(journal, clock, impl->writer_inbox, inboxes, impl->committed_head);
  }
  impl->writer->use(impl->readiness);
  impl->writer->keep_for(std::chrono::milliseconds(options.retention.age_milliseconds_max));
  impl->writer->use(impl->resources.queue);
  impl->writer_thread = std::thread([&writer = *impl->writer] { writer.run(); });
  for (auto& shard : impl->shards) {
    shard->use(*impl->readers, *impl->people);
    impl->shard_threads.emplace_back([&shard = *shard] { shard.run(); });
  }
  if (admin) {
    impl->admin = std::move(admin);
    impl->start_admin(options);
  }
  return std::unique_ptr<Node>(new Node(std::move(impl)));
}

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Node::~Node() { stop(); }

std::uint16_t Node::port() const { return impl_->port; }

const Invitation& Node::invitation() const { return impl_->invitation; }

bool Node::has_turned_since(SteadyTime time) const {
  return impl_->writer->pulse().has_beaten_since(time) &&
         std::ranges::all_of(impl_->shards,
                             [&](const auto& shard) { return shard->pulse().has_beaten_since(time); });
}

// --- Leaving -----------------------------------------------------------------------------------

void Node::begin_leaving(std::chrono::milliseconds absence) {
  impl_->readiness.set(Readiness::Part::kStopping, "the server is going down");
  for (auto& shard : impl_->shards) shard->begin_leaving(impl_->absence(absence));
}

void Node::send_away(double share, std::chrono::milliseconds absence) {
  for (auto& shard : impl_->shards) shard->send_away(share, impl_->absence(absence));
}

void Node::stop_accepting() {
  for (auto& shard : impl_->shards) shard->stop_accepting();
}

std::size_t Node::streams() const { return impl_->stream_count.get(); }

void Node::begin_stopping(const std::function<void()>& wake) {
  impl_->undrained.store(impl_->shards.size(), std::memory_order_relaxed);
  for (auto& shard : impl_->shards) {
    shard->begin_stopping([&undrained = impl_->undrained, wake] {
      if (undrained.fetch_sub(1, std::memory_order_acq_rel) == 1) wake();
    });
  }
}

bool Node::is_drained() const { return impl_->undrained.load(std::memory_order_acquire) == 0; }

std::uint16_t Node::admin_port() const { return impl_->admin ? impl_->admin->port() : 0; }

void Node::stop() {
  if (!impl_) return;
  impl_->writer_inbox.close();
  if (impl_->tail) impl_->tail->stop();
  impl_->writer_thread.join();
  if (impl_->tail_thread.joinable()) impl_->tail_thread.join();
  for (auto& shard : impl_->shards) shard->stop();
  for (auto& thread : impl_->shard_threads) thread.join();
  // It shows what the others count.
  impl_->admin.reset();
  // The answers refer to the shards, and the shards to the journal.
  impl_->people.reset();
  impl_->readers.reset();
  impl_.reset();
}

}  // namespace tinychat::app
