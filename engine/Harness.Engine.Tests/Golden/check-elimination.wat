;; test: ir function=f passes=gvn
;;
;; The second access to the table needs neither the check of the index nor the load; the branch on a condition that is known goes too.
(module
  (table $t 4 funcref)
  (func $f (param $i i32) (result i32)
    (drop (table.get $t (local.get $i)))
    (if (result i32) (local.get $i)
      (then
        (drop (table.get $t (local.get $i)))
        (if (result i32) (local.get $i) (then (i32.const 1)) (else (i32.const 2))))
      (else (i32.const 3)))))

;;> == ir function=f passes=gvn
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = table_length #0
;;>   v2: i32 = i32.lt_u v0, v1
;;>   trap_unless TableOutOfBounds, v2
;;>   v4: (ref null func) = load_element #0, v0
;;>   v5: i32 = i32.const 1
;;>   v6: i32 = i32.const 2
;;>   v7: i32 = i32.const 3
;;>   branch v0, b1, b5
;;> b1:
;;>   v8: i32 = table_length #0
;;>   v9: i32 = i32.lt_u v0, v8
;;>   trap_unless TableOutOfBounds, v9
;;>   v11: (ref null func) = load_element #0, v0
;;>   branch v0, b2, b3
;;> b2:
;;>   jump b4(v5)
;;> b3:
;;>   jump b4(v6)
;;> b4(v12: i32):
;;>   jump b6(v12)
;;> b5:
;;>   jump b6(v7)
;;> b6(v13: i32):
;;>   return v13
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = table_length #0
;;>   v2: i32 = i32.lt_u v0, v1
;;>   trap_unless TableOutOfBounds, v2
;;>   v4: (ref null func) = load_element #0, v0
;;>   v5: i32 = i32.const 1
;;>   v6: i32 = i32.const 2
;;>   v7: i32 = i32.const 3
;;>   branch v0, b1, b4
;;> b1:
;;>   jump b2
;;> b2:
;;>   jump b3(v5)
;;> b3(v8: i32):
;;>   jump b5(v8)
;;> b4:
;;>   jump b5(v7)
;;> b5(v9: i32):
;;>   return v9
