// Addresses that are refused.
#include <string>
#include <utility>
#include <vector>

#include "api/actions.h"
#include "api/governing.h"
#include "api/json_input.h"
#include "api/problem.h"
#include "wire/json_writer.h"
#include "wire/time_text.h"

namespace tinychat::api {
namespace {

std::string block_json(const journal::AddressBlock& block) {
  std::string json;
  wire::append_json_member(json, "id", block.id);
  wire::append_json_member(json, "address", block.address);
  return json + R"(,"created":")" + wire::rfc3339(block.created_milliseconds) + R"("})";
}

std::string blocks_json(const std::vector<journal::AddressBlock>& blocks) {
  std::string json = R"({"blocks":[)";
  for (const auto& block : blocks) {
    if (json.back() != '[') json += ',';
    json += block_json(block);
  }
  return json + "]}";
}

Result<wire::Subnet> read_address(const Call& call) {
  const auto members = read_json_members(call.request);
  if (!members) return std::unexpected(members.error());
  const auto text = find_text(*members, "address");
  if (!text) return std::unexpected(text.error());
  const auto subnet = journal::read_block(text->value_or(""));
  if (!subnet) return std::unexpected(subnet.error());
  if (subnet->contains(call.client.address)) {
    return fail(Code::kUnprocessable, "This is, or has in it, the address you come from; block another.");
  }
  return *subnet;
}

}  // namespace

void get_blocks(Call&& call) {
  ask_people(
      std::move(call), [](journal::People& people) { return people.blocks().all(); },
      [](Call&& answered, Result<std::vector<journal::AddressBlock>>&& blocks) {
        if (!blocks) return answered.reply.send(blocks.error());
        answered.reply.send(json_response(200, blocks_json(*blocks)));
      });
}

void post_block(Call&& call) {
  const auto subnet = read_address(call);
  if (!subnet) return call.reply.send(subnet.error());
  ask_people(
      std::move(call),
      [actor = actor_of(call), subnet = *subnet](journal::People& people) {
        return journal::block_address(people, actor, subnet);
      },
      [](Call&& answered, Result<journal::AddressBlock>&& block) {
        if (!block) return answered.reply.send(block.error());
        answered.reply.send(json_response(201, block_json(*block)));
      });
}

void delete_block(Call&& call) {
  ask_people(
      std::move(call),
      [actor = actor_of(call), id = call.id](journal::People& people) {
        return journal::unblock_address(people, actor, &journal::AddressBlock::id, id);
      },
      [](Call&& answered, Result<bool>&& removed) {
        if (!removed) return answered.reply.send(removed.error());
        if (*removed) return answered.reply.send(no_content());
        answered.reply.send(
            Error{Code::kNotFound, "There is no such block; GET /api/v1/blocks lists those there are."});
      });
}

}  // namespace tinychat::api
