// What a subscriber asks for, out of a request's headers and query: the same in both dialects.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "hub/stream_request.h"
#include "net/http.h"
#include "room/rendered_event.h"
#include "wire/field.h"

namespace tinychat::api {

// The cursor is the Last-Event-ID header, else the query's `lastEventId`, `last_event_id`,
// `Last-Event-ID` or `since`; nonsense in it is no error. Rooms that come twice count once.
// Errors: kUnprocessable (no room, too many, not a room's name, not a sender's name), kMalformed (not
// UTF-8).
[[nodiscard]] Result<hub::StreamRequest> read_stream_request(room::Dialect dialect,
                                                             std::vector<std::string> rooms,
                                                             const net::Request& request,
                                                             const wire::Fields& query);

}  // namespace tinychat::api
