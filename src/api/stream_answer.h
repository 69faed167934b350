// The answer that turns a connection into an event stream.
#pragma once

#include <string>
#include <vector>

#include "api/call.h"
#include "room/rendered_event.h"

namespace tinychat::api {

// A HEAD request gets the stream's head and no stream. What can never work is a problem; what does
// not work now is a stream that tells when to come back, because a browser gives up for good on any
// answer but 200.
void answer_with_stream(Call&& call, room::Dialect dialect, std::vector<std::string> rooms);

// Tells whoever wants a stream when to come back.
void turn_stream_away(Call&& call);

}  // namespace tinychat::api
