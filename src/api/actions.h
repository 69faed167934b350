// What the routes lead to, one function each. Every action answers its call, at once or later.
#pragma once

#include "api/call.h"
#include "base/result.h"

namespace tinychat::api {

// legacy.cc: the contract of 2013.
void subscribe(Call&& call);
void publish(Call&& call);

// events.cc: many rooms on one connection.
void get_events(Call&& call);

// me.cc: who the cookie stands for.
void get_me(Call&& call);
void post_me(Call&& call);
void patch_me(Call&& call);
void get_sessions(Call&& call);
void delete_session(Call&& call);

// join.cc: the way in.
void get_join(Call&& call);
void post_join(Call&& call);

// people.cc: who is in, and as what.
void get_people(Call&& call);
void patch_person(Call&& call);

// links.cc: those by which people come in.
void get_links(Call&& call);
void post_link(Call&& call);

// tokens.cc: those of programs.
void get_tokens(Call&& call);
void post_token(Call&& call);
void delete_token(Call&& call);

// blocks.cc: addresses that are refused.
void get_blocks(Call&& call);
void post_block(Call&& call);
void delete_block(Call&& call);

// audit.cc: what owners did.
void get_audit(Call&& call);

// messages.cc
void get_messages(Call&& call);
void get_message(Call&& call);
void post_message(Call&& call);

// rooms.cc
void get_rooms(Call&& call);
void get_room(Call&& call);

// room_settings.cc: titles and locks.
void patch_room(Call&& call);

// private_rooms.cc: rooms of some alone.
void post_room(Call&& call);

// members.cc: who is in a private room.
void get_members(Call&& call);
void put_member(Call&& call);
void delete_member(Call&& call);

// presence.cc: who is there at the moment.
void get_presence(Call&& call);
void post_typing(Call&& call);

// my_rooms.cc: the rooms that the user has opened.
void get_my_rooms(Call&& call);
void put_my_room(Call&& call);
void put_read(Call&& call);
void delete_my_room(Call&& call);

// assets_handler.cc
void get_page(Call&& call);
void get_room_page(Call&& call);
void get_message_page(Call&& call);
void get_asset(Call&& call);

// health.cc
void get_health(Call&& call);
void get_readiness(Call&& call);

[[nodiscard]] Error no_such_path();

}  // namespace tinychat::api
