;; Method tables in immutable globals
;;
;; What it does: sends `samples` numbers through a chain of five filters (gain, smoothing, echo, clipping, sum). A filter
;; is an object whose first field is its class's method table, a struct of function references in an immutable global;
;; each filter calls the next one's `apply` through its method table.
;;
;; Why it matters: this is what the compilers for Java and Kotlin make of virtual methods. Each site has one target;
;; inlined into each other, the whole chain becomes one function, in which the casts of the receivers and the loads of
;; the method tables remain, unless the engine knows the class behind a method table.
(module
  (rec
    (type $filter (sub (struct (field $methods (ref $methods)) (field $next (ref null $filter)))))
    (type $methods (sub (struct (field $apply (ref $apply)) (field $total (ref $total)))))
    (type $apply (func (param (ref $filter)) (param i32)))
    (type $total (func (param (ref $filter)) (result i32))))
  (rec
    (type $gain (sub final $filter (struct (field $methods (ref $methods)) (field $next (ref null $filter))
      (field $factor i32))))
    (type $smooth (sub final $filter (struct (field $methods (ref $methods)) (field $next (ref null $filter))
      (field $last (mut i32)))))
    (type $echo (sub final $filter (struct (field $methods (ref $methods)) (field $next (ref null $filter))
      (field $stored (mut i32)))))
    (type $clip (sub final $filter (struct (field $methods (ref $methods)) (field $next (ref null $filter))
      (field $limit i32))))
    (type $sum (sub final $filter (struct (field $methods (ref $methods)) (field $next (ref null $filter))
      (field $value (mut i32))))))

  (global $gain.methods (ref $methods) (struct.new $methods (ref.func $gain.apply) (ref.func $filter.total)))
  (global $smooth.methods (ref $methods) (struct.new $methods (ref.func $smooth.apply) (ref.func $filter.total)))
  (global $echo.methods (ref $methods) (struct.new $methods (ref.func $echo.apply) (ref.func $filter.total)))
  (global $clip.methods (ref $methods) (struct.new $methods (ref.func $clip.apply) (ref.func $filter.total)))
  (global $sum.methods (ref $methods) (struct.new $methods (ref.func $sum.apply) (ref.func $sum.total)))

  ;; Calls apply of the filter behind `this`.
  (func $pass (param $this (ref $filter)) (param $sample i32)
    (local $next (ref $filter))
    (local.set $next (ref.as_non_null (struct.get $filter $next (local.get $this))))
    (call_ref $apply
      (local.get $next)
      (local.get $sample)
      (struct.get $methods $apply (struct.get $filter $methods (local.get $next)))))

  (func $gain.apply (type $apply) (param $filter (ref $filter)) (param $sample i32)
    (local $this (ref $gain))
    (local.set $this (ref.cast (ref $gain) (local.get $filter)))
    (call $pass
      (local.get $this)
      (i32.shr_s
        (i32.mul (local.get $sample) (struct.get $gain $factor (local.get $this)))
        (i32.const 4))))

  (func $smooth.apply (type $apply) (param $filter (ref $filter)) (param $sample i32)
    (local $this (ref $smooth))
    (local.set $this (ref.cast (ref $smooth) (local.get $filter)))
    (struct.set $smooth $last (local.get $this)
      (i32.shr_s
        (i32.add
          (i32.mul (struct.get $smooth $last (local.get $this)) (i32.const 3))
          (local.get $sample))
        (i32.const 2)))
    (call $pass (local.get $this) (struct.get $smooth $last (local.get $this))))

  (func $echo.apply (type $apply) (param $filter (ref $filter)) (param $sample i32)
    (local $this (ref $echo))
    (local $stored i32)
    (local.set $this (ref.cast (ref $echo) (local.get $filter)))
    (local.set $stored (struct.get $echo $stored (local.get $this)))
    (struct.set $echo $stored (local.get $this) (local.get $sample))
    (call $pass
      (local.get $this)
      (i32.add (local.get $sample) (i32.shr_s (local.get $stored) (i32.const 1)))))

  (func $clip.apply (type $apply) (param $filter (ref $filter)) (param $sample i32)
    (local $this (ref $clip))
    (local $limit i32)
    (local.set $this (ref.cast (ref $clip) (local.get $filter)))
    (local.set $limit (struct.get $clip $limit (local.get $this)))
    (if (i32.gt_s (local.get $sample) (local.get $limit))
      (then (local.set $sample (local.get $limit))))
    (if (i32.lt_s (local.get $sample) (i32.sub (i32.const 0) (local.get $limit)))
      (then (local.set $sample (i32.sub (i32.const 0) (local.get $limit)))))
    (call $pass (local.get $this) (local.get $sample)))

  (func $sum.apply (type $apply) (param $filter (ref $filter)) (param $sample i32)
    (local $this (ref $sum))
    (local.set $this (ref.cast (ref $sum) (local.get $filter)))
    (struct.set $sum $value (local.get $this)
      (i32.add
        (i32.mul (struct.get $sum $value (local.get $this)) (i32.const 31))
        (local.get $sample))))

  ;; A filter's total is that of the next one; the last one has it.
  (func $filter.total (type $total) (param $this (ref $filter)) (result i32)
    (local $next (ref $filter))
    (local.set $next (ref.as_non_null (struct.get $filter $next (local.get $this))))
    (call_ref $total
      (local.get $next)
      (struct.get $methods $total (struct.get $filter $methods (local.get $next)))))

  (func $sum.total (type $total) (param $this (ref $filter)) (result i32)
    (struct.get $sum $value (ref.cast (ref $sum) (local.get $this))))

  (func $main (export "main") (param $samples i32) (result i32)
    (local $first (ref $filter))
    (local $seed i32)
    (local.set $first
      (struct.new $gain (global.get $gain.methods)
        (struct.new $smooth (global.get $smooth.methods)
          (struct.new $echo (global.get $echo.methods)
            (struct.new $clip (global.get $clip.methods)
              (struct.new $sum (global.get $sum.methods) (ref.null $filter) (i32.const 0))
              (i32.const 20000))
            (i32.const 0))
          (i32.const 0))
        (i32.const 21)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $samples)))
        (local.set $seed
          (i32.add
            (i32.mul (local.get $seed) (i32.const 1664525))
            (i32.const 1013904223)))
        (call_ref $apply
          (local.get $first)
          (i32.shr_s (local.get $seed) (i32.const 16))
          (struct.get $methods $apply (struct.get $filter $methods (local.get $first))))
        (local.set $samples (i32.sub (local.get $samples) (i32.const 1)))
        (br $next)))
    (call_ref $total
      (local.get $first)
      (struct.get $methods $total (struct.get $filter $methods (local.get $first))))))
