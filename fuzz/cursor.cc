// Ids and cursors: `Last-Event-ID` and what else says from where on somebody wants to read.
#include "api/stream_query.h"
#include "base/event_id.h"
#include "base/limits.h"
#include "fuzz/support/check.h"
#include "journal/packed_id.h"
#include "wire/form.h"

namespace tinychat::fuzz {
namespace {

void look_at_id(std::string_view input) {
  const auto id = parse_event_id(input);
  if (!id) return;
  expect(parse_event_id(to_string(*id)) == id, "the same id when it is written again");
  const std::int64_t at_most = journal::pack_at_most(*id);
  expect(at_most >= 0 && journal::unpack(at_most) <= *id, "a packed id that is not greater");
  expect(journal::fits_packed(*id) == (journal::unpack(at_most) == *id),
         "an id that fits to be packed as it is");
  expect(journal::pack_below(*id) < at_most || !journal::fits_packed(*id), "what is below to be below");
}

// Two ids, one a line, and a clock: what is given out grows.
void look_at_order(std::string_view input) {
  const auto first = parse_event_id(take_line(input));
  const auto second = parse_event_id(take_line(input));
  if (!first || !second) return;
  const bool is_before = *first < *second;
  if (journal::fits_packed(*first) && journal::fits_packed(*second)) {
    expect(is_before == (journal::pack_at_most(*first) < journal::pack_at_most(*second)),
           "packed ids to compare as ids do");
  }
  // What only a programmer could hand over.
  if (first->milliseconds > std::uint64_t{1} << 60U) return;
  EventIdSource source(*first);
  for (EventId last = *first;
       const std::uint64_t now : {second->milliseconds, std::uint64_t{0}, second->sequence}) {
    const EventId next = source.next(now);
    expect(last < next, "ids that grow");
    last = next;
  }
}

void look_at_stream(std::string_view input) {
  const auto header = take_line(input);
  const auto query = wire::parse_form(input, 0, 2 * limits::kRoomsPerStreamMax);
  if (!query) return;
  net::Request request;
  if (!header.empty()) request.headers.push_back({"last-event-id", std::string(header)});
  std::vector<std::string> rooms;
  for (const auto& [name, value] : *query) {
    if (name == "room") rooms.push_back(value);
  }
  const auto stream = api::read_stream_request(room::Dialect::kV1, rooms, request, *query);
  if (!stream) {
    expect_tellable(stream.error());
    return;
  }
  expect(!stream->rooms.empty() && stream->rooms.size() <= limits::kRoomsPerStreamMax,
         "as many rooms as may be");
  expect(!(stream->cursor && stream->cursor_is_nonsense), "a cursor or nonsense");
  if (!header.empty()) {
    expect(stream->cursor == parse_event_id(header), "the header to count before the query");
    expect(stream->cursor_is_nonsense == !stream->cursor, "a header that is no cursor to be nonsense");
  }
  expect(stream->name.size() <= limits::kSenderBytesMax, "a name within its limit");
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = tinychat::fuzz::text_of(data, size);
  tinychat::fuzz::look_at_id(input);
  tinychat::fuzz::look_at_order(input);
  tinychat::fuzz::look_at_stream(input);
  return 0;
}
