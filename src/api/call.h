// One request on its way to its answer, as the routes' actions see it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "api/settings.h"
#include "base/result.h"
#include "hub/shard_port.h"
#include "net/http.h"
#include "wire/field.h"

namespace tinychat::api {

// The responder, with the headers that every answer to this request gets.
class Reply {
 public:
  Reply(net::Responder&& responder, wire::Fields&& headers)
      : responder_(std::move(responder)), headers_(std::move(headers)) {}

  void send(net::Response&& response);
  void send(const Error& error);
  // Within Handler::handle() only.
  [[nodiscard]] net::StreamSocket hand_over(net::Response&& head);

 private:
  void complete(net::Response& response);

  net::Responder responder_;
  wire::Fields headers_;
};

// Valid within Handler::handle(); what is to live on is moved out.
struct Call {
  hub::ShardPort& port;
  const Settings& settings;
  net::Request request;
  std::string_view path;  // of the request's target, as sent
  wire::Fields query;     // decoded
  std::string room;       // what stood for {room}, decoded; not yet checked
  std::string id;         // what stood for {id}, decoded; not yet checked
  Reply reply;

  [[nodiscard]] bool is_head() const { return request.method == "HEAD"; }
};

// Makes the answer from the journal, on a thread that may block, and sends it from the shard's.
// `make` must not touch the call.
using AnswerMaker = std::move_only_function<net::Response(journal::JournalReader&)>;
void answer_from_journal(hub::ShardPort& port, Reply&& reply, AnswerMaker&& make);

}  // namespace tinychat::api
