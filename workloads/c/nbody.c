// N-body: planets around a sun, advanced by `size` steps of a symplectic integrator in double precision. The checksum is made of all bits.
#include <math.h>
#include "workload.h"

enum { BODIES = 5 };
typedef struct { double x, y, z, vx, vy, vz, mass; } body;

static const double solar_mass = 39.478417604357434, days = 365.24;

static void advance(body *bodies, double step) {
  for (int i = 0; i < BODIES; i++) {
    body *a = &bodies[i];
    for (int j = i + 1; j < BODIES; j++) {
      body *b = &bodies[j];
      double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      double square = dx * dx + dy * dy + dz * dz;
      double magnitude = step / (square * sqrt(square));
      a->vx -= dx * b->mass * magnitude;
      a->vy -= dy * b->mass * magnitude;
      a->vz -= dz * b->mass * magnitude;
      b->vx += dx * a->mass * magnitude;
      b->vy += dy * a->mass * magnitude;
      b->vz += dz * a->mass * magnitude;
    }
  }
  for (int i = 0; i < BODIES; i++) {
    bodies[i].x += step * bodies[i].vx;
    bodies[i].y += step * bodies[i].vy;
    bodies[i].z += step * bodies[i].vz;
  }
}

static uint32_t bits(uint32_t sum, double value) {
  uint64_t word;
  memcpy(&word, &value, sizeof word);
  return mix(mix(sum, (uint32_t)word), (uint32_t)(word >> 32));
}

ITERATE {
  body bodies[BODIES] = {{0, 0, 0, 0, 0, 0, 1}};
  for (int i = 1; i < BODIES; i++) {
    // Made-up planets on circles that are a little tilted.
    double radius = 1.5 * i * i + 3, speed = sqrt(solar_mass / radius) / days * 0.98;
    bodies[i] = (body){radius, 0.25 * i, 0.125 * i, 0.001 * i, speed, -0.0005 * i, 1e-3 / i};
  }
  double px = 0, py = 0, pz = 0;
  for (int i = 0; i < BODIES; i++) {
    bodies[i].mass *= solar_mass;
    bodies[i].vx *= days; bodies[i].vy *= days; bodies[i].vz *= days;
    px += bodies[i].vx * bodies[i].mass; py += bodies[i].vy * bodies[i].mass; pz += bodies[i].vz * bodies[i].mass;
  }
  bodies[0].vx = -px / solar_mass; bodies[0].vy = -py / solar_mass; bodies[0].vz = -pz / solar_mass;
  for (uint32_t i = 0; i < size; i++) advance(bodies, 0.01);
  uint32_t sum = 0;
  for (int i = 0; i < BODIES; i++) sum = bits(bits(bits(sum, bodies[i].x), bodies[i].y), bodies[i].z);
  return sum;
}
