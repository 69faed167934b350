// Taking out what a user has written, for an owner who has sent them away.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "api/actions.h"
#include "api/governing.h"
#include "api/problem.h"

namespace tinychat::api {
namespace {

Error no_author() {
  return {Code::kUnprocessable,
          "Whose messages? Name a user by their id, as in `/api/v1/messages?author=<id>`."};
}

// The messages are gone from the journal; what shards still have in memory goes when they read of it.
void tell_shards(Call&& call, const std::string& author, std::uint64_t messages) {
  ask_people(
      std::move(call),
      [author, actor = actor_of(call)](journal::People& people) {
        return journal::tell_of_erasure(people, actor, author);
      },
      [messages](Call&& answered, Result<void>&& told) {
        if (!told) return answered.reply.send(told.error());
        answered.reply.send(json_response(200, R"({"erased":)" + std::to_string(messages) + '}'));
      });
}

}  // namespace

// Asked again after an error it takes out the rest.
void delete_messages(Call&& call) {
  const std::string* const found = wire::find(call.query, "author");
  if (found == nullptr || found->empty()) return call.reply.send(no_author());
  const std::string author = *found;
  auto shared = std::make_shared<Call>(std::move(call));
  const bool taken = shared->port.erase(author, [shared, author](Result<std::uint64_t> erased) {
    if (!erased) return shared->reply.send(erased.error());
    tell_shards(std::move(*shared), author, *erased);
  });
  if (!taken) shared->reply.send(too_busy());
}

}  // namespace tinychat::api
