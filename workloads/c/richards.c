// Richards: the kernel of an operating system in miniature. A scheduler runs an idle task, a worker, two handlers and two devices, which send
// each other packets; each kind of task is a function that the scheduler calls by pointer. One call makes `size` runs.
#include "workload.h"

enum { IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B, TASKS };
enum { PACKET_PENDING = 1, WAITING = 2, HELD = 4 };
enum { FOR_DEVICE, FOR_WORK };
enum { DATA_SIZE = 4, IDLE_COUNT = 10000 };

typedef struct packet packet;
typedef struct task task;
typedef task *(*step)(task *self, packet *received);

struct packet {
  packet *next;
  int owner, kind, datum, data[DATA_SIZE];
};

struct task {
  task *next;
  int id, priority, state;
  packet *queue;
  step run;
  // What the kinds of task remember.
  int destination, count;
  uint32_t control;
  packet *work, *device;
};

static task tasks[TASKS];
static packet packets[8];
static task *first, *current;
static int packet_count, queued, held;

static packet *append(packet *added, packet *list) {
  added->next = NULL;
  if (!list) return added;
  packet *last = list;
  while (last->next) last = last->next;
  last->next = added;
  return list;
}

static task *wait_for_packet(void) {
  current->state |= WAITING;
  return current;
}

static task *hold_self(void) {
  held++;
  current->state |= HELD;
  return current->next;
}

static task *release(int id) {
  task *released = &tasks[id];
  released->state &= ~HELD;
  return released->priority > current->priority ? released : current;
}

static task *send(packet *sent) {
  task *receiver = &tasks[sent->owner];
  queued++;
  sent->next = NULL;
  sent->owner = current->id;
  if (receiver->queue) {
    receiver->queue = append(sent, receiver->queue);
    return current;
  }
  receiver->queue = sent;
  receiver->state |= PACKET_PENDING;
  return receiver->priority > current->priority ? receiver : current;
}

static task *run_idle(task *self, packet *received) {
  (void)received;
  if (--self->count == 0) return hold_self();
  if ((self->control & 1) == 0) {
    self->control >>= 1;
    return release(DEVICE_A);
  }
  self->control = (self->control >> 1) ^ 0xD008;
  return release(DEVICE_B);
}

static task *run_worker(task *self, packet *received) {
  if (!received) return wait_for_packet();
  self->destination = self->destination == HANDLER_A ? HANDLER_B : HANDLER_A;
  received->owner = self->destination;
  received->datum = 0;
  for (int i = 0; i < DATA_SIZE; i++) {
    if (++self->count > 26) self->count = 1;
    received->data[i] = 'A' + self->count - 1;
  }
  return send(received);
}

static task *run_handler(task *self, packet *received) {
  if (received) {
    if (received->kind == FOR_WORK) self->work = append(received, self->work);
    else self->device = append(received, self->device);
  }
  if (self->work) {
    packet *work = self->work;
    if (work->datum >= DATA_SIZE) {
      self->work = work->next;
      return send(work);
    }
    if (self->device) {
      packet *device = self->device;
      self->device = device->next;
      device->datum = work->data[work->datum++];
      return send(device);
    }
  }
  return wait_for_packet();
}

static task *run_device(task *self, packet *received) {
  if (received) {
    self->work = received;
    return hold_self();
  }
  if (!self->work) return wait_for_packet();
  packet *done = self->work;
  self->work = NULL;
  return send(done);
}

static void add_task(int id, int priority, packet *queue, step run, int state) {
  task *added = &tasks[id];
  memset(added, 0, sizeof *added);
  added->id = id;
  added->priority = priority;
  added->queue = queue;
  added->run = run;
  added->state = state | (queue ? PACKET_PENDING : 0);
  added->next = first;
  first = added;
}

static packet *new_packet(packet *next, int owner, int kind) {
  packet *made = &packets[packet_count++];
  memset(made, 0, sizeof *made);
  made->next = next;
  made->owner = owner;
  made->kind = kind;
  return made;
}

static void schedule(void) {
  current = first;
  while (current) {
    if ((current->state & HELD) || current->state == WAITING) {
      current = current->next;
      continue;
    }
    packet *received = NULL;
    if (current->state == (PACKET_PENDING | WAITING)) {
      received = current->queue;
      current->queue = received->next;
      current->state = current->queue ? PACKET_PENDING : 0;
    }
    current = current->run(current, received);
  }
}

ITERATE {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < size; i++) {
    first = NULL;
    packet_count = queued = held = 0;
    add_task(IDLE, 0, NULL, run_idle, 0);
    tasks[IDLE].control = 1;
    tasks[IDLE].count = IDLE_COUNT;
    add_task(WORKER, 1000, new_packet(new_packet(NULL, 0, FOR_WORK), 0, FOR_WORK), run_worker, WAITING);
    tasks[WORKER].destination = HANDLER_A;
    add_task(HANDLER_A, 2000, new_packet(new_packet(new_packet(NULL, DEVICE_A, FOR_DEVICE), DEVICE_A, FOR_DEVICE), DEVICE_A, FOR_DEVICE), run_handler, WAITING);
    add_task(HANDLER_B, 3000, new_packet(new_packet(new_packet(NULL, DEVICE_B, FOR_DEVICE), DEVICE_B, FOR_DEVICE), DEVICE_B, FOR_DEVICE), run_handler, WAITING);
    add_task(DEVICE_A, 4000, NULL, run_device, WAITING);
    add_task(DEVICE_B, 5000, NULL, run_device, WAITING);
    schedule();
    sum = mix(mix(sum, queued), held);
  }
  return sum;
}
