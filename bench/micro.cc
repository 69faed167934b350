// Micro benchmarks of what every message goes through once: being encoded, escaped, and kept in a room's log.
//
//   build/release/bench_micro [--benchmark_filter=…]
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "room/rendered_event.h"
#include "room/room_log.h"
#include "wire/json_writer.h"

namespace tinychat {
namespace {

constexpr std::uint64_t kTime = 1'700'000'000'000;

room::Event message(std::size_t bytes) {
  return {.id = {.milliseconds = kTime, .sequence = 0},
          .room = "everyone",
          .sender = "mason",
          .text = std::string(bytes, 'x'),
          .idempotency_key = {}};
}

void render_both_dialects(benchmark::State& state) {
  const room::Event event = message(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(room::render(event));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(render_both_dialects)->Arg(15)->Arg(150)->Arg(8 * 1024);

void render_legacy(benchmark::State& state) {
  const room::Event event = message(150);
  for (auto _ : state) benchmark::DoNotOptimize(room::render(event, room::Dialect::kLegacy));
}
BENCHMARK(render_legacy);

void escape(benchmark::State& state, std::string_view pattern) {
  std::string text;
  while (text.size() < 1024) text += pattern;
  std::string out;
  for (auto _ : state) {
    out.clear();
    wire::append_html_escaped_json_string(out, text);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK_CAPTURE(escape, plain, "the quick brown fox jumps over it ");
BENCHMARK_CAPTURE(escape, umlauts, "größer, höher, weiter: ça va? ");
BENCHMARK_CAPTURE(escape, markup, "<a href=\"/x\">it's & that</a>");

// A log at its working size: one event in, one out. The events come round again, with new ids.
void log_append_and_evict(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::vector<std::shared_ptr<room::RenderedEvent>> events;
  for (std::size_t i = 0; i <= size; ++i) {
    events.push_back(std::make_shared<room::RenderedEvent>(room::render(message(150))));
  }
  room::RoomLog log({});
  std::uint64_t count = 0;
  const auto append = [&] {
    const auto& event = events[count % events.size()];
    event->id.milliseconds = ++count;
    log.append(event);
  };
  while (count < size) append();
  for (auto _ : state) {
    append();
    log.evict_oldest();
  }
}
BENCHMARK(log_append_and_evict)->Arg(16)->Arg(16 * 1024);

void log_find_cursor(benchmark::State& state) {
  room::RoomLog log({});
  const auto size = static_cast<std::uint64_t>(state.range(0));
  for (std::uint64_t i = 0; i < size; ++i) {
    room::Event event = message(1);
    event.id.milliseconds = kTime + i;
    log.append(std::make_shared<const room::RenderedEvent>(room::render(event)));
  }
  std::uint64_t cursor = 0;
  for (auto _ : state) {
    cursor = (cursor + 7919) % size;
    benchmark::DoNotOptimize(log.first_after({.milliseconds = kTime + cursor, .sequence = 0}));
  }
}
BENCHMARK(log_find_cursor)->Arg(16)->Arg(16 * 1024);

}  // namespace
}  // namespace tinychat
