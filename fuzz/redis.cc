// What comes from Redis: replies in arbitrary cuts, entries of the log and what others publish.
#include <optional>

#include "base/limits.h"
#include "fuzz/support/check.h"
#include "fuzz/support/sse_reader.h"
#include "journal/outside_message.h"
#include "journal/redis_signal.h"
#include "journal/redis_site.h"
#include "redis/reply.h"
#include "room/rendered_event.h"
#include "room/signal.h"

namespace tinychat::fuzz {
namespace {

constexpr int kDepthMax = 20;

// A value as text, so that two can be compared.
void write(std::string& out, redis::Value value, int depth) {
  expect(depth <= kDepthMax, "no replies without an end");
  out += value.is_error() ? 'e' : value.is_nil() ? 'n' : value.is_array() ? 'a' : 'v';
  out += std::to_string(value.integer()) + ':' + std::to_string(value.size()) + ':';
  out += std::to_string(value.text().size()) + ':';
  out += value.text();
  for (std::size_t i = 0; i < value.size(); ++i) write(out, value[i], depth + 1);
  expect(value[value.size()].is_nil(), "nil beyond the end");
}

void look_at_entry(redis::Value value) {
  if (const auto id = journal::id_in(value); !id) expect_tellable(id.error());
  if (!value.is_array()) return;
  const auto event = journal::event_in({.milliseconds = 1}, "everyone", value);
  const auto rendered = room::render(event);
  for (const auto& frame : rendered.frames) {
    expect(read_events(frame.plain()).size() == 1, "one event of one entry");
  }
  for (std::size_t i = 0; i < value.size(); ++i) look_at_entry(value[i]);
}

struct Outcome {
  std::string replies;
  std::optional<std::string> error;
};

Outcome read(const std::vector<std::string_view>& pieces, bool looks_at_entries) {
  Outcome outcome;
  redis::ReplyReader reader;
  for (const auto piece : pieces) {
    expect(reader.feed(piece).has_value(), "so little to be taken");
    for (;;) {
      redis::Reply reply;
      const auto got = reader.next(reply);
      if (!got) {
        expect_tellable(got.error());
        outcome.error = got.error().detail;
        return outcome;
      }
      if (!*got) break;
      write(outcome.replies, reply.value(), 0);
      if (looks_at_entries) look_at_entry(reply.value());
    }
  }
  return outcome;
}

void look_at_channels(std::string_view input) {
  const auto channel = take_line(input);
  if (const auto message = journal::read_outside_message(channel, input); !message) {
    expect_tellable(message.error());
  } else if (*message) {
    expect((*message)->text.size() <= limits::kTextBytesCeiling, "a text within its limit");
    expect_utf8((*message)->sender, "a sender");
    expect_utf8((*message)->text, "a text");
    const auto frames = room::render_live((*message)->room, (*message)->sender, (*message)->text, 1);
    for (const auto& frame : frames) expect(read_events(frame.plain()).size() == 1, "one event of a message");
  }
  const auto signal = journal::read_signal(input);
  if (!signal) return;
  const auto frame = room::render_signal(signal->event, signal->json);
  const auto events = read_events(frame.plain());
  expect(events.size() == 1 && events[0].name == signal->event && events[0].data == signal->json &&
             !events[0].has_id,
         "one event of a signal, and what it says");
  expect(journal::read_signal(journal::signal_payload(*signal)) == signal,
         "the same signal when it is told again");
}

void look_at(std::string_view input) {
  const auto cuts = cuts_of(input);
  const Outcome whole = read(cuts[0], true);
  for (std::size_t i = 1; i < cuts.size(); ++i) {
    const Outcome other = read(cuts[i], false);
    expect(other.replies == whole.replies, "the same replies however they are cut");
    expect(other.error.has_value() == whole.error.has_value(), "an error however they are cut");
  }
  look_at_channels(input);
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tinychat::fuzz::look_at(tinychat::fuzz::text_of(data, size));
  return 0;
}
