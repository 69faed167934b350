#include "api/call.h"

#include <iterator>
#include <memory>

#include "api/problem.h"
#include "api/security_headers.h"

namespace tinychat::api {

void Reply::send(net::Response&& response) {
  if (change_) change_(response);
  complete(response);
  responder_.respond(std::move(response));
}

void Reply::send(const Error& error) { send(problem_response(error)); }

net::StreamSocket Reply::hand_over(net::Response&& head) {
  complete(head);
  return responder_.hand_over(std::move(head));
}

void Reply::complete(net::Response& response) {
  protect(response);
  response.headers.insert(response.headers.end(), std::make_move_iterator(headers_.begin()),
                          std::make_move_iterator(headers_.end()));
  headers_.clear();
}

void answer_from_journal(hub::ShardPort& port, Reply&& reply, AnswerMaker&& make) {
  // Shared, because a question that is not taken is dropped with all it holds, and then there is
  // still an answer to give.
  auto shared = std::make_shared<Reply>(std::move(reply));
  const bool taken =
      port.ask_journal([shared, make = std::move(make)](
                           journal::JournalReader& reader) mutable -> std::move_only_function<void()> {
        return [shared = std::move(shared), response = make(reader)]() mutable {
          shared->send(std::move(response));
        };
      });
  if (!taken) {
    shared->send(
        Error{Code::kOverloaded, "Too many readings of the history are waiting; try again in a second."});
  }
}

Error too_busy() {
  return {Code::kOverloaded, "Too many requests are waiting to be answered; try again in a second."};
}

}  // namespace tinychat::api
