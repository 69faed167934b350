// One request on its way to its answer, as the routes' actions see it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "api/client.h"
#include "api/settings.h"
#include "base/result.h"
#include "hub/shard_port.h"
#include "net/http.h"
#include "room/rights.h"
#include "wire/field.h"

namespace tinychat::api {

// The responder, with the headers that every answer to this request gets.
class Reply {
 public:
  Reply(net::Responder&& responder, wire::Fields&& headers)
      : responder_(std::move(responder)), headers_(std::move(headers)) {}

  void send(net::Response&& response);
  void send(const Error& error);
  // One more header.
  void add(wire::Field&& header) { headers_.push_back(std::move(header)); }
  // Every answer goes through it.
  void dress(std::move_only_function<void(net::Response&)>&& change) { change_ = std::move(change); }
  // Without a descriptor if the peer has gone.
  [[nodiscard]] net::StreamSocket hand_over(net::Response&& head);

 private:
  void complete(net::Response& response);

  net::Responder responder_;
  wire::Fields headers_;
  std::move_only_function<void(net::Response&)> change_;
};

// The references outlive every call.
struct Call {
  hub::ShardPort& port;
  const Settings& settings;
  net::Request request;
  Client client;
  std::string path;    // of the request's target, as sent
  wire::Fields query;  // decoded
  std::string room;    // what stood for {room}, decoded; not yet checked
  std::string id;      // what stood for {id}, decoded; not yet checked
  // Who asks, as far as somebody had to know (see identify()). What they may do is decided by this alone.
  room::Principal principal;
  // The rooms that it is about and that had to be looked up, by name, as whoever asks may see them.
  std::map<std::string, journal::RoomView, std::less<>> rooms = {};
  // When what lets them in expires; 0: never.
  std::uint64_t expires_milliseconds = 0;
  // The user in whose name it is done, where the route does things in a user's name.
  std::optional<journal::Visitor> visitor;
  Reply reply;

  [[nodiscard]] bool is_head() const { return request.method == "HEAD"; }
};

// Makes the answer from the journal, on a thread that may block, and sends it from the shard's.
// `make` must not touch the call.
using AnswerMaker = std::move_only_function<net::Response(journal::JournalReader&)>;
void answer_from_journal(hub::ShardPort& port, Reply&& reply, AnswerMaker&& make);

[[nodiscard]] Error too_busy();

// Asks on the thread that has the people, which may block; goes on with the call on the shard's.
// `ask`: Result<T>(journal::People&), must not touch the call. `then`: void(Call&&, Result<T>&&).
template <typename Ask, typename Then>
void ask_people(Call&& call, Ask ask, Then then) {
  using Outcome = std::invoke_result_t<Ask&, journal::People&>;
  // Shared, because a question that is not taken is dropped with all it holds.
  auto shared = std::make_shared<Call>(std::move(call));
  auto go_on = std::make_shared<Then>(std::move(then));
  const bool taken =
      shared->port.ask_people([shared, go_on, ask = std::move(ask)](
                                  journal::People& people) mutable -> std::move_only_function<void()> {
        return [shared = std::move(shared), go_on = std::move(go_on), answer = ask(people)]() mutable {
          (*go_on)(std::move(*shared), std::move(answer));
        };
      });
  if (!taken) (*go_on)(std::move(*shared), Outcome(std::unexpected(too_busy())));
}

// The same of the journal. `ask`: Result<T>(journal::JournalReader&).
template <typename Ask, typename Then>
void ask_journal(Call&& call, Ask ask, Then then) {
  using Outcome = std::invoke_result_t<Ask&, journal::JournalReader&>;
  auto shared = std::make_shared<Call>(std::move(call));
  auto go_on = std::make_shared<Then>(std::move(then));
  const bool taken = shared->port.ask_journal(
      [shared, go_on,
       ask = std::move(ask)](journal::JournalReader& reader) mutable -> std::move_only_function<void()> {
        return [shared = std::move(shared), go_on = std::move(go_on), answer = ask(reader)]() mutable {
          (*go_on)(std::move(*shared), std::move(answer));
        };
      });
  if (!taken) (*go_on)(std::move(*shared), Outcome(std::unexpected(too_busy())));
}

}  // namespace tinychat::api
