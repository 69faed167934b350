#include "app/metrics_page.h"

#include <array>
#include <cstdint>
#include <optional>

#include "app/process_facts.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/tally.h"
#include "wire/metrics_text.h"

namespace tinychat::app {
namespace {

using Text = wire::MetricsText;
using enum Text::Kind;

constexpr double kNanosecondsPerSecond = 1e9;

// Histograms of all shards as one. `unit`: how many of what was observed make one of what is shown.
class HistogramSum {
 public:
  template <std::size_t kBounds>
  void add(const Histogram<kBounds>& one, double unit = 1) {
    if (bounds_.empty()) {
      for (const auto bound : one.bounds()) bounds_.push_back(static_cast<double>(bound) / unit);
      counts_.resize(bounds_.size() + 1);
    }
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += one.count(i);
    sum_ += static_cast<double>(one.sum()) / unit;
  }
  void write(Text& text) const { text.histogram(bounds_, counts_, sum_); }

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
};

class Page {
 public:
  explicit Page(const MetricsSources& sources) : sources_(sources), shards_(*sources.shards) {}

  std::string write() {
    write_program();
    write_connections();
    write_streams();
    write_catching_up();
    write_publishing();
    write_limits();
    write_shards();
    if (sources_.tail != nullptr) write_redis(sources_.tail->measures());
    write_process();
    return text_.take();
  }

 private:
  void write_program();
  void write_connections();
  void write_closes();
  void write_streams();
  void write_rooms();
  void write_catching_up();
  void write_publishing();
  void write_journal();
  void write_limits();
  void write_queues();
  void write_memory();
  void write_shards();
  void write_redis(const hub::TailMeasures& tail);
  void write_process();

  template <typename Of>
  [[nodiscard]] std::uint64_t sum(Of of) const {
    std::uint64_t total = 0;
    for (const auto& shard : shards_) total += of(*shard).get();
    return total;
  }
  template <typename Of>
  void counter(std::string_view name, std::string_view help, Of of) {
    text_.family(name, kCounter, help);
    text_.sample(sum(of));
  }
  template <typename Of>
  void gauge(std::string_view name, std::string_view help, Of of) {
    text_.family(name, kGauge, help);
    text_.sample(sum(of));
  }
  template <typename Of>
  void durations(std::string_view name, std::string_view help, Of of) {
    HistogramSum all;
    for (const auto& shard : shards_) all.add(of(*shard), kNanosecondsPerSecond);
    text_.family(name, kHistogram, help);
    all.write(text_);
  }
  template <typename Value>
  void fact(std::string_view name, Text::Kind kind, std::string_view help,
            const std::optional<Value>& value) {
    if (!value) return;
    text_.family(name, kind, help);
    text_.sample(*value);
  }

  const MetricsSources& sources_;
  const std::vector<std::unique_ptr<hub::Shard>>& shards_;
  Text text_;
};

using hub::Shard;

void Page::write_program() {
  text_.family("tinychat_build_info", kGauge, "Always 1; which program this is.");
  text_.sample(std::uint64_t{1}, {{"version", sources_.version}});
  const auto troubles = sources_.readiness->troubles();
  text_.family("tinychat_ready", kGauge, "1: it can do its work, as /readyz says.");
  text_.sample(std::uint64_t{troubles.empty() ? 1U : 0U});
  text_.family("tinychat_trouble", kGauge, "1: this part cannot do its work; /readyz says why.");
  for (const auto part : Readiness::kParts) {
    std::uint64_t is_troubled = 0;
    for (const auto& trouble : troubles) is_troubled += trouble.part == part ? 1U : 0U;
    text_.sample(is_troubled, {{"part", part}});
  }
  text_.family("tinychat_log_lines_total", kCounter,
               "Lines for the log, also those that were too many alike.");
  for (const auto level : {LogLevel::kWarning, LogLevel::kError}) {
    text_.sample(lines_logged(level), {{"level", name_of(level)}});
  }
}

void Page::write_connections() {
  gauge("tinychat_connections", "Connections that carry requests, without streams.",
        [](const Shard& shard) -> auto& { return shard.http().open; });
  counter("tinychat_connections_accepted_total", "Connections that were accepted.",
          [](const Shard& shard) -> auto& { return shard.http().accepted; });
  text_.family("tinychat_http_responses_total", kCounter, "Answers to requests, streams among them.");
  constexpr std::array<std::string_view, 5> kClasses = {"1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t i = 1; i < kClasses.size(); ++i) {
    text_.sample(sum([i](const Shard& shard) -> auto& { return shard.http().answers[i]; }),
                 {{"class", kClasses[i]}});
  }
  text_.family("tinychat_http_error_responses_total", kCounter, "Answers that were errors, by their code.");
  for (std::size_t i = 0; i < kCodes; ++i) {
    const auto code = static_cast<Code>(i);
    if (code != Code::kUsage) text_.sample(answers_with(code), {{"code", info(code).name}});
  }
  counter("tinychat_http_sent_bytes_total", "Bytes of answers, without streams.",
          [](const Shard& shard) -> auto& { return shard.http().bytes_sent; });
  durations("tinychat_http_response_seconds", "From a request that is whole to its answer.",
            [](const Shard& shard) -> auto& { return shard.http().answer_times; });
  write_closes();
}

void Page::write_closes() {
  text_.family("tinychat_closed_total", kCounter, "Connections and streams that ended, by the reason.");
  for (const auto what : {net::Closed::kConnection, net::Closed::kStream}) {
    for (std::size_t i = 0; i < net::kCloseReasons; ++i) {
      const auto reason = static_cast<net::CloseReason>(i);
      std::uint64_t total = 0;
      for (const auto& shard : shards_) total += shard->closes().count(reason, what);
      text_.sample(total, {{"what", what == net::Closed::kStream ? "stream" : "connection"},
                           {"reason", net::name_of(reason)}});
    }
  }
}

void Page::write_streams() {
  text_.family("tinychat_streams", kGauge, "Subscribers by how they fare.");
  const auto state = [this](std::string_view name, auto of) { text_.sample(sum(of), {{"state", name}}); };
  state("live", [](const Shard& shard) -> auto& { return shard.streams().live; });
  state("behind", [](const Shard& shard) -> auto& { return shard.streams().behind; });
  state("reading", [](const Shard& shard) -> auto& { return shard.streams().reading; });
  state("ahead", [](const Shard& shard) -> auto& { return shard.streams().ahead; });
  text_.family("tinychat_streams_max", kGauge, "Subscribers above this are told to come back later.");
  text_.sample(std::uint64_t{sources_.streams_max});
  counter("tinychat_streams_opened_total", "Subscribers that were let in.",
          [](const Shard& shard) -> auto& { return shard.streams().opened; });
  counter("tinychat_deliveries_total", "Events handed to a subscriber's socket.",
          [](const Shard& shard) -> auto& { return shard.streams().deliveries; });
  counter("tinychat_stream_writes_total", "Writes to subscribers' sockets.",
          [](const Shard& shard) -> auto& { return shard.streams().writes; });
  counter("tinychat_stream_sent_bytes_total", "Bytes sent to subscribers.",
          [](const Shard& shard) -> auto& { return shard.streams().bytes_sent; });
  durations("tinychat_fan_out_seconds",
            "From the commit of messages until their last live subscriber was written to.",
            [](const Shard& shard) -> auto& { return shard.streams().fan_out_times; });
  write_rooms();
}

void Page::write_rooms() {
  gauge("tinychat_rooms_followed", "Rooms with subscribers, once for each shard.",
        [](const Shard& shard) -> auto& { return shard.streams().rooms_followed; });
  gauge("tinychat_rooms_remembered", "Rooms held in memory, once for each shard.",
        [](const Shard& shard) -> auto& { return shard.streams().rooms_remembered; });
  gauge("tinychat_recent_bytes", "Recent events held in memory.",
        [](const Shard& shard) -> auto& { return shard.streams().recent_bytes; });
}

void Page::write_catching_up() {
  counter("tinychat_streams_fell_behind_total", "Times that a live subscriber's socket did not take all.",
          [](const Shard& shard) -> auto& { return shard.streams().fell_behind; });
  counter("tinychat_batches_missed_total",
          "Times that a shard had missed what was committed, and read on in the journal.",
          [](const Shard& shard) -> auto& { return shard.streams().batches_missed; });
  text_.family("tinychat_resets_total", kCounter, "Subscribers told of a gap, by the reason.");
  for (std::size_t i = 0; i < hub::kResetReasons.size(); ++i) {
    text_.sample(sum([i](const Shard& shard) -> auto& { return shard.streams().resets[i]; }),
                 {{"reason", hub::kResetReasons[i]}});
  }
  counter("tinychat_pages_read_total", "Pages asked of the journal for subscribers that are behind.",
          [](const Shard& shard) -> auto& { return shard.streams().pages_asked; });
  counter("tinychat_pages_put_off_total", "Pages not asked for yet, because too many questions were waiting.",
          [](const Shard& shard) -> auto& { return shard.streams().pages_put_off; });
}

void Page::write_publishing() {
  text_.family("tinychat_publishes_total", kCounter, "Messages that came, by what became of them.");
  const auto outcome = [this](std::string_view name, auto of) { text_.sample(sum(of), {{"outcome", name}}); };
  outcome("stored", [](const Shard& shard) -> auto& { return shard.publishes().stored; });
  outcome("repeated", [](const Shard& shard) -> auto& { return shard.publishes().repeated; });
  for (const auto code : {Code::kUnprocessable, Code::kOverloaded, Code::kStopping, Code::kStorageFull,
                          Code::kStorageFailed, Code::kUnavailable}) {
    outcome(info(code).name, [code](const Shard& shard) -> auto& {
      return shard.publishes().refused[static_cast<std::size_t>(code)];
    });
  }
  durations("tinychat_publish_seconds", "From a message that was understood to its acknowledgement.",
            [](const Shard& shard) -> auto& { return shard.publishes().times; });
  const auto& writer = sources_.writer->measures();
  HistogramSum commits;
  commits.add(writer.commit_times, kNanosecondsPerSecond);
  text_.family("tinychat_commit_seconds", kHistogram, "What a commit took.");
  commits.write(text_);
  HistogramSum sizes;
  sizes.add(writer.commit_sizes);
  text_.family("tinychat_commit_messages", kHistogram, "Messages in one commit.");
  sizes.write(text_);
  write_journal();
}

void Page::write_journal() {
  const auto& writer = sources_.writer->measures();
  text_.family("tinychat_journal_errors_total", kCounter, "What the journal could not do.");
  text_.sample(writer.failed_commits.get(), {{"operation", "publish"}});
  text_.sample(writer.failed_trims.get(), {{"operation", "trim"}});
  text_.sample(sum([](const Shard& shard) -> auto& { return shard.streams().pages_failed; }),
               {{"operation", "read"}});
  if (sources_.data.empty()) return;
  const auto disk = disk_facts(sources_.data);
  if (!disk) return;
  text_.family("tinychat_data_bytes", kGauge, "Files in the data directory.");
  text_.sample(disk->used_bytes);
  text_.family("tinychat_data_free_bytes", kGauge, "Room left where the data directory is.");
  text_.sample(disk->free_bytes);
}

void Page::write_limits() {
  text_.family("tinychat_limit_hits_total", kCounter, "What was refused or put off because it was too much.");
  for (std::size_t i = 0; i < kLimits; ++i) {
    const auto limit = static_cast<Limit>(i);
    text_.sample(hits_of(limit), {{"limit", name_of(limit)}});
  }
  write_queues();
  write_memory();
}

void Page::write_memory() {
  const auto& resources = *sources_.resources;
  const std::array<std::pair<std::string_view, const ByteBudget*>, 4> parts = {
      {{"requests", &resources.requests},
       {"answers", &resources.answers},
       {"queue", &resources.queue},
       {"streams", &resources.streams}}};
  text_.family("tinychat_held_bytes", kGauge,
               "Memory held for clients at the moment, by what it is held for.");
  for (const auto& [name, budget] : parts) text_.sample(std::uint64_t{budget->held()}, {{"part", name}});
  text_.family("tinychat_held_bytes_max", kGauge, "How much of it there may be.");
  for (const auto& [name, budget] : parts) text_.sample(std::uint64_t{budget->max()}, {{"part", name}});
}

void Page::write_queues() {
  text_.family("tinychat_queue_depth", kGauge, "What waits; of several queues of a kind, in all.");
  std::uint64_t in_shards = 0;
  for (const auto& shard : shards_) in_shards += shard->inbox().size();
  text_.sample(std::uint64_t{sources_.writer_inbox->size()}, {{"queue", "writer"}});
  text_.sample(in_shards, {{"queue", "shards"}});
  text_.sample(std::uint64_t{sources_.readers->waiting()}, {{"queue", "readers"}});
  text_.sample(std::uint64_t{sources_.people->waiting()}, {{"queue", "people"}});
  text_.family("tinychat_queue_capacity", kGauge, "How much can wait at most.");
  text_.sample(std::uint64_t{limits::kWriterQueueMax}, {{"queue", "writer"}});
  text_.sample(std::uint64_t{limits::kShardQueueMax * shards_.size()}, {{"queue", "shards"}});
  text_.sample(std::uint64_t{limits::kReadQueueMax * sources_.readers_count}, {{"queue", "readers"}});
  text_.sample(std::uint64_t{limits::kPeopleQueueMax}, {{"queue", "people"}});
}

void Page::write_shards() {
  durations("tinychat_loop_turn_seconds", "What a turn of a shard's loop took, without waiting.",
            [](const Shard& shard) -> auto& { return shard.turn_times(); });
  text_.family("tinychat_shard_busy_seconds_total", kCounter, "What the turns of each shard took together.");
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    text_.sample(static_cast<double>(shards_[i]->turn_times().sum()) / kNanosecondsPerSecond,
                 {{"shard", std::to_string(i)}});
  }
  text_.family("tinychat_shard_streams", kGauge, "Subscribers of each shard.");
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const auto& streams = shards_[i]->streams();
    text_.sample(streams.live.get() + streams.behind.get() + streams.reading.get() + streams.ahead.get(),
                 {{"shard", std::to_string(i)}});
  }
}

void Page::write_redis(const hub::TailMeasures& tail) {
  const auto count = [this](std::string_view name, std::string_view help, const Counter& counter) {
    text_.family(name, kCounter, help);
    text_.sample(counter.get());
  };
  text_.family("tinychat_redis_up", kGauge, "1: the shared log could be read when this node last looked.");
  text_.sample(tail.is_up.get());
  count("tinychat_redis_looks_total", "Looks at the shared log that were answered.", tail.looks);
  count("tinychat_redis_failures_total", "Looks at the shared log that were not.", tail.failures);
  count("tinychat_redis_entries_total", "Entries of the shared log that this node has read.", tail.entries);
  count("tinychat_redis_outside_messages_total", "Messages that other programs published.", tail.outside);
  count("tinychat_redis_malformed_total", "What other programs published and was no message.",
        tail.malformed);
  count("tinychat_redis_gaps_total", "Times that this node was away for longer than the log reaches back.",
        tail.gaps);
}

void Page::write_process() {
  const auto facts = process_facts();
  fact("process_cpu_seconds_total", kCounter, "Time on a processor.", facts.cpu_seconds);
  fact("process_start_time_seconds", kGauge, "When it was started, in seconds since 1970.",
       std::optional(static_cast<double>(sources_.started_utc_milliseconds) / 1000));
  fact("process_resident_memory_bytes", kGauge, "Memory in use.", facts.resident_bytes);
  fact("process_virtual_memory_bytes", kGauge, "Address space in use.", facts.virtual_bytes);
  fact("process_threads", kGauge, "Threads.", facts.threads);
  fact("process_open_fds", kGauge, "Open file descriptors.", facts.open_descriptors);
  fact("process_max_fds", kGauge, "How many there may be.", facts.descriptors_max);
}

}  // namespace

std::string metrics_page(const MetricsSources& sources) { return Page(sources).write(); }

}  // namespace tinychat::app
