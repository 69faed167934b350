#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include "load/publishers.h"
#include "load/sockets.h"
#include "load/subscribers.h"
#include "load/usage.h"
#include "load/workloads.h"

namespace tinychat::bench {
namespace {

// What is never delivered twice is not delivered twice a little later either.
constexpr Nanoseconds kListenOn = 50 * kMillisecond;

// A small room beside a large one, into which a message is due at even times, however long the server takes
// with the other. On a thread of its own that goes before the other: it is the server's time that is to be
// seen.
class QuietRoom {
 public:
  QuietRoom(const Target& target, std::uint32_t subscribers)
      : target_(target), ledger_(1, kPublishers), subscribers_(loop_, target_, ledger_, 1) {
    target_.room_prefix = "quiet-";
    for (std::uint32_t i = 0; i < subscribers; ++i) subscribers_.add(0, 1, 0);
    subscribers_.connect("");
    publishers_.emplace(
        loop_, target_, ledger_,
        Publishers::Plan{.publishers = kPublishers, .undelivered_max = 1'000, .interval = kInterval});
    publishers_->publish(10);
    ledger_.clear_times();
  }

  void start() {
    thread_ = std::thread([this] { run(); });
  }

  void stop_and_report(Report& report) {
    is_stopped_.store(true, std::memory_order_relaxed);
    thread_.join();
    report.add("quiet", ledger_.delivery_times());
    report.add("quiet_deliveries", static_cast<double>(ledger_.delivery_times().count()));
  }

 private:
  static constexpr Nanoseconds kInterval = 10 * kMillisecond;
  static constexpr std::uint32_t kPublishers = 64;

  void run() {
    const sched_param first{.sched_priority = 1};
    // Refused: it takes its turn like the other.
    (void)::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &first);
    publishers_->start();
    while (!is_stopped_.load(std::memory_order_relaxed)) loop_.turn(1);
    publishers_->stop();
    publishers_->drain();
  }

  Target target_;
  Loop loop_;
  Ledger ledger_;
  Subscribers subscribers_;
  std::optional<Publishers> publishers_;
  std::atomic<bool> is_stopped_ = false;
  std::thread thread_;
};

struct Snapshot {
  Nanoseconds time = now();
  Nanoseconds cpu = 0;
  Nanoseconds own_cpu = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t publishes = 0;
};

Snapshot snapshot(const Target& target, const Ledger& ledger) {
  timespec own{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
  return {.time = now(),
          .cpu = cpu_time(target.pid),
          .own_cpu = static_cast<Nanoseconds>(own.tv_sec) * kSecond + static_cast<Nanoseconds>(own.tv_nsec),
          .deliveries = ledger.deliveries(),
          .publishes = ledger.published()};
}

void report_between(Report& report, const Snapshot& begin, const Snapshot& end) {
  const double seconds = in_seconds(end.time - begin.time);
  const double cpu = in_seconds(end.cpu - begin.cpu);
  const auto deliveries = static_cast<double>(end.deliveries - begin.deliveries);
  const auto publishes = static_cast<double>(end.publishes - begin.publishes);
  report.add("seconds", seconds);
  report.add("deliveries", deliveries);
  report.add("publishes", publishes);
  report.add("cpu_us_per_delivery", cpu * 1e6 / deliveries);
  report.add("cpu_us_per_publish", cpu * 1e6 / publishes);
  report.add("deliveries_per_cpu_second", deliveries / cpu);
  report.add("publishes_per_cpu_second", publishes / cpu);
  report.add("deliveries_per_second", deliveries / seconds);
  report.add("publishes_per_second", publishes / seconds);
  report.add("server_cpus", cpu / seconds);
  report.add("load_cpus", in_seconds(end.own_cpu - begin.own_cpu) / seconds);
}

}  // namespace

void run_fan_out(const Arguments& arguments) {
  const Target target = arguments.target();
  const std::uint32_t rooms = arguments.number("rooms", 1);
  const std::uint32_t count = arguments.number("subscribers", 1000);
  const Publishers::Plan plan{.publishers = arguments.number("publishers", 1),
                              .rooms = rooms,
                              .text_bytes = arguments.number("bytes", 150),
                              .undelivered_max = arguments.number("undelivered", 1)};
  raise_descriptor_limit(count + plan.publishers + 100);

  Loop loop;
  const auto ledger = std::make_unique<Ledger>(rooms, plan.publishers);
  Subscribers subscribers(loop, target, *ledger, rooms);
  for (std::uint32_t i = 0; i < count; ++i) subscribers.add(i % rooms, arguments.number("follow", 1), 0);
  subscribers.connect("");
  Publishers publishers(loop, target, *ledger, plan);
  publishers.publish(arguments.number("warmup", 20));
  std::unique_ptr<QuietRoom> quiet;
  if (const auto size = arguments.number("quiet", 0); size > 0)
    quiet = std::make_unique<QuietRoom>(target, size);

  ledger->clear_times();
  const Snapshot begin = snapshot(target, *ledger);
  if (quiet) quiet->start();
  publishers.start();
  loop.run_for(arguments.seconds("seconds", 2));
  publishers.stop();
  Report report;
  if (quiet) quiet->stop_and_report(report);
  publishers.drain();
  const Snapshot end = snapshot(target, *ledger);
  loop.run_for(kListenOn);
  subscribers.check_complete();

  report_between(report, begin, end);
  report.add("delivery", ledger->delivery_times());
  report.add("last", ledger->last_delivery_times());
  report.print();
}

}  // namespace tinychat::bench
