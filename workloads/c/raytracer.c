// A ray tracer whose shapes and materials are tables of function pointers: spheres, planes and boxes; matt, checkered and mirroring. One call draws
// a picture of `size` by `size` points.
#include <math.h>
#include "workload.h"

typedef struct { double x, y, z; } vector;
typedef struct { vector origin, direction; } ray;
typedef struct shape shape;
typedef struct {
  double (*intersect)(const shape *self, const ray *r);
  vector (*normal)(const shape *self, vector point);
} geometry;
typedef vector (*material)(const shape *self, vector point, vector normal, const ray *r, int depth);
struct shape {
  const geometry *geometry;
  material material;
  vector position, extent, colour;
};

static const double far = 1e9, near = 1e-4;
static const shape *scene;
static int shape_count;

static vector add(vector a, vector b) { return (vector){a.x + b.x, a.y + b.y, a.z + b.z}; }
static vector subtract(vector a, vector b) { return (vector){a.x - b.x, a.y - b.y, a.z - b.z}; }
static vector scale(vector a, double by) { return (vector){a.x * by, a.y * by, a.z * by}; }
static double dot(vector a, vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static vector normalize(vector a) { return scale(a, 1 / sqrt(dot(a, a))); }
static vector point_at(const ray *r, double distance) { return add(r->origin, scale(r->direction, distance)); }

static double sphere_intersect(const shape *self, const ray *r) {
  vector to = subtract(self->position, r->origin);
  double along = dot(to, r->direction), radius = self->extent.x;
  double square = radius * radius - (dot(to, to) - along * along);
  if (square < 0) return far;
  double half = sqrt(square);
  return along - half > near ? along - half : along + half > near ? along + half : far;
}
static vector sphere_normal(const shape *self, vector point) { return normalize(subtract(point, self->position)); }

static double plane_intersect(const shape *self, const ray *r) {
  if (fabs(r->direction.y) < 1e-9) return far;
  double distance = (self->position.y - r->origin.y) / r->direction.y;
  return distance > near ? distance : far;
}
static vector plane_normal(const shape *self, vector point) {
  (void)self;
  (void)point;
  return (vector){0, 1, 0};
}

static void slab(double position, double extent, double origin, double direction, double *enter, double *leave) {
  double inverse = 1 / (fabs(direction) < 1e-12 ? 1e-12 : direction);
  double a = (position - extent - origin) * inverse, b = (position + extent - origin) * inverse;
  if (a > b) { double swap = a; a = b; b = swap; }
  if (a > *enter) *enter = a;
  if (b < *leave) *leave = b;
}
static double box_intersect(const shape *self, const ray *r) {
  double enter = -far, leave = far;
  slab(self->position.x, self->extent.x, r->origin.x, r->direction.x, &enter, &leave);
  slab(self->position.y, self->extent.y, r->origin.y, r->direction.y, &enter, &leave);
  slab(self->position.z, self->extent.z, r->origin.z, r->direction.z, &enter, &leave);
  return enter <= leave && enter > near ? enter : far;
}
static vector box_normal(const shape *self, vector point) {
  vector to = subtract(point, self->position);
  double x = fabs(to.x / self->extent.x), y = fabs(to.y / self->extent.y), z = fabs(to.z / self->extent.z);
  if (x > y && x > z) return (vector){to.x > 0 ? 1 : -1, 0, 0};
  return y > z ? (vector){0, to.y > 0 ? 1 : -1, 0} : (vector){0, 0, to.z > 0 ? 1 : -1};
}

static const geometry sphere = {sphere_intersect, sphere_normal}, plane = {plane_intersect, plane_normal}, box = {box_intersect, box_normal};

static const shape *nearest(const ray *r, double *distance) {
  const shape *hit = NULL;
  *distance = far;
  for (int i = 0; i < shape_count; i++) {
    double candidate = scene[i].geometry->intersect(&scene[i], r);
    if (candidate < *distance) *distance = candidate, hit = &scene[i];
  }
  return hit;
}

static vector trace(const ray *r, int depth) {
  double distance;
  const shape *hit = depth > 0 ? nearest(r, &distance) : NULL;
  if (!hit) return scale((vector){0.4, 0.6, 1.0}, 0.5 + 0.5 * r->direction.y);
  vector point = point_at(r, distance);
  return hit->material(hit, point, hit->geometry->normal(hit, point), r, depth);
}

static vector matt(const shape *self, vector point, vector normal, const ray *r, int depth) {
  (void)r;
  (void)depth;
  vector light = normalize((vector){5, 8, -4});
  ray shadow = {add(point, scale(normal, 1e-3)), light};
  double distance, brightness = dot(normal, light);
  if (brightness < 0 || nearest(&shadow, &distance)) brightness = 0;
  return scale(self->colour, 0.2 + 0.8 * brightness);
}
static vector checkered(const shape *self, vector point, vector normal, const ray *r, int depth) {
  vector colour = matt(self, point, normal, r, depth);
  return ((int)floor(point.x) + (int)floor(point.z)) & 1 ? scale(colour, 0.3) : colour;
}
static vector mirror(const shape *self, vector point, vector normal, const ray *r, int depth) {
  ray reflected = {add(point, scale(normal, 1e-3)), subtract(r->direction, scale(normal, 2 * dot(normal, r->direction)))};
  vector seen = trace(&reflected, depth - 1);
  return (vector){seen.x * self->colour.x, seen.y * self->colour.y, seen.z * self->colour.z};
}

static uint32_t shade(double value) { return value >= 1 ? 255 : value <= 0 ? 0 : (uint32_t)(value * 255); }

ITERATE {
  const shape shapes[] = {
    {&plane, checkered, {0, -1, 0}, {0, 0, 0}, {0.9, 0.9, 0.8}},
    {&sphere, mirror, {0, 0.2, 4}, {1.2, 0, 0}, {0.9, 0.9, 0.9}},
    {&sphere, matt, {-2.2, -0.3, 3.2}, {0.7, 0, 0}, {0.9, 0.2, 0.2}},
    {&box, matt, {2.1, -0.4, 3.4}, {0.6, 0.6, 0.6}, {0.2, 0.8, 0.3}},
    {&box, mirror, {0.4, -0.8, 2.0}, {0.3, 0.2, 0.3}, {0.8, 0.8, 1.0}},
    {&sphere, checkered, {-0.9, -0.7, 2.0}, {0.3, 0, 0}, {0.2, 0.4, 0.9}},
  };
  scene = shapes;
  shape_count = sizeof shapes / sizeof shapes[0];
  uint32_t sum = 0;
  for (uint32_t y = 0; y < size; y++)
    for (uint32_t x = 0; x < size; x++) {
      ray r = {{0, 0.3, -2}, normalize((vector){(x + 0.5) / size * 2 - 1, 1 - (y + 0.5) / size * 2, 1.6})};
      vector colour = trace(&r, 5);
      sum = mix(sum, shade(colour.x) << 16 | shade(colour.y) << 8 | shade(colour.z));
    }
  return sum;
}
